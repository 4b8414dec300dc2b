//! What functions keep in Sync with the development account, by the real package `twilio`.

use crate::console::{TOKEN, console};
use crate::project::{Project, Site};
use crate::rest::{asking, json_at, said};
use serde_json::{Value, json};
use switchboard::web_console::ConsolePort;
use switchboard::{Level, Token};

/// The usual ways of projects: make it where it is not there, change it where it is.
const IDIOMS: &str = "
    const sync = Runtime.getSync();
    const told = (promise) => promise.then(() => 'done', ({ status, code, message }) => [status, code, message]);
    const missing = await told(sync.documents('settings').fetch());
    const made = await sync.documents.create({ uniqueName: 'settings', data: { a: 1 }, ttl: 3600 });
    const taken = await told(sync.documents.create({ uniqueName: 'settings' }));
    const { data, revision, dateExpires, dateCreated } = await sync.documents('settings').fetch();
    const lives = (dateExpires - dateCreated) / 1000;
    const stale = await told(sync.documents('settings').update({ data: {}, ifMatch: '7' }));
    const changed = await sync.documents('settings').update({ data: { ...data, b: 2 }, ifMatch: revision });
    const document = [made.sid.slice(0, 2), missing, taken, data, lives, stale, changed.data, changed.revision];

    await sync.maps.create({ uniqueName: 'carts' });
    const carts = sync.maps('carts').syncMapItems;
    for (const key of ['whatsapp:+14155550100', '+14155550100', 'é 1']) await carts.create({ key, data: { key } });
    const held = await told(carts.create({ key: 'é 1', data: {} }));
    const item = await sync.maps('carts').syncMapItems('whatsapp:+14155550100').fetch();
    const keys = (await carts.list({ limit: 20 })).map(({ key }) => key);
    await sync.maps('carts').syncMapItems('é 1').remove();
    const gone = await told(sync.maps('carts').syncMapItems('é 1').fetch());
    const map = [held, item.data, item.dateExpires, keys, gone];

    await sync.lists.create({ uniqueName: 'calls' });
    const calls = sync.lists('calls').syncListItems;
    for (let n = 0; n < 120; n += 1) await calls.create({ data: { n } });
    const all = await calls.list();
    const latest = (await calls.list({ order: 'desc', limit: 2 })).map(({ index }) => index);
    const pages = (await calls.list({ pageSize: 7 })).length;
    await Promise.all(all.slice(2).map(({ index }) => sync.lists('calls').syncListItems(index).remove()));
    const left = (await calls.list()).map((one) => one.data.n);
    await sync.lists('calls').remove();
    const list = [all.length, all[119].index, latest, pages, left, await told(calls.create({ data: {} }))];

    await sync.syncStreams.create({ uniqueName: 'news' });
    const { sid, data: sent } = await sync.syncStreams('news').streamMessages.create({ data: { n: 1 } });
    const { read } = await sync.documents('settings').documentPermissions('bob').update({ read: true, write: false, manage: false });
    const service = await sync.fetch();
    const found = (await client.sync.v1.services.list()).map(({ uniqueName }) => uniqueName);
    const large = await told(sync.documents.create({ data: { text: 'x'.repeat(17000) } }));
    const nothing = await told(sync.documents.create({ data: 5 }));
    const none = await told(sync.documents.create({ data: null }));
    const { data: cut } = await sync.documents.create({ data: { text: 'Hello 👋'.slice(0, 7) } });
    return { document, map, list, rest: [sid.slice(0, 2), sent, read, service.sid.slice(0, 2), found], large, nothing, none, cut };";

fn nowhere(path: &str) -> Value {
    let message = format!("The requested resource /Services/default/{path} was not found");
    json!([404, 20404, message])
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_maps_lists_and_streams_are_kept_as_in_the_cloud() {
    let site = Project::new()
        .packages()
        .file("functions/idioms.js", &asking(IDIOMS))
        .start()
        .await;
    let told = json_at(&site, "GET /idioms");
    assert_eq!(
        told["document"],
        json!([
            "ET",
            nowhere("Documents/settings"),
            [409, 54301, "Unique name already exists"],
            {"a": 1},
            3600,
            [412, 54103, "The revision of the Document does not match the expected revision"],
            {"a": 1, "b": 2},
            "1"
        ])
    );
    let key = "whatsapp:+14155550100";
    assert_eq!(
        told["map"],
        json!([
            [409, 54208, "An Item with given key already exists in the Map"],
            {"key": key},
            null,
            ["+14155550100", key, "é 1"],
            nowhere("Maps/carts/Items/%C3%A9%201")
        ])
    );
    assert_eq!(
        told["list"],
        json!([
            120,
            119,
            [119, 118],
            120,
            [0, 1],
            nowhere("Lists/calls/Items")
        ])
    );
    assert_eq!(
        told["rest"],
        json!(["TZ", {"n": 1}, true, "IS", ["default"]])
    );
    assert_eq!(told["large"][1], 54006);
    assert_eq!(told["nothing"][1], 54008);
    assert_eq!(told["none"][1], 54101);
    assert_eq!(told["cut"], json!({"text": "Hello \u{fffd}"}));
    let said = said(&site);
    let (level, text) = &said[0];
    let refused = "Sync: GET /Services/default/Documents/settings: nothing is there (20404)";
    assert_eq!((*level, text.as_str()), (Level::Info, refused));
    assert_eq!(said[1].1, "Sync: document “settings” created");
}

const COUNT: &str = "
    const counter = Runtime.getSync().documents('counter');
    const { data } = await counter.fetch().catch(() => Runtime.getSync().documents.create({ uniqueName: 'counter', data: { n: 0 } }));
    return (await counter.update({ data: { n: data.n + 1 } })).data.n;";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_all_services_and_outlives_saves() {
    let mut site = Project::new()
        .packages()
        .file(
            "services.toml",
            "[services.a]\nroot = \"a\"\n[services.b]\nroot = \"b\"\n",
        )
        .file("a/functions/count.js", &asking(COUNT))
        .file("b/functions/count.js", &asking(COUNT))
        .start_watching()
        .await;
    let count = |site: &Site, path: &str| json_at(site, &format!("GET {path}"));
    assert_eq!(count(&site, "/a/count"), 1);
    assert_eq!(count(&site, "/b/count"), 2);
    site.change(
        "a/functions/count.js",
        &asking(&COUNT.replace("+ 1", "+ 10")),
    );
    site.reloaded().await;
    assert_eq!(count(&site, "/a/count"), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_there_is_put_there_through_the_console() {
    let read = "return (await Runtime.getSync().documents('settings').fetch()).data;";
    let site = Project::new()
        .packages()
        .file("functions/read.js", &asking(read))
        .with(|builder| builder.console(ConsolePort::Given(0), Token::given(TOKEN)))
        .start()
        .await;
    let ask = |method: &str, path: &str, more: &str, form: &str| {
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let head = format!("{method} /api/1/sync/Services/default/{path}\n{kind}{more}");
        let reply = console(&site, &head, form);
        let told: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        (reply.status, told)
    };
    let form = "UniqueName=settings&Data=%7B%22open%22%3Atrue%7D";
    let (status, made) = ask("POST", "Documents", "", form);
    assert_eq!((status, &made["revision"]), (201, &json!("0")));
    assert_eq!(json_at(&site, "GET /read"), json!({"open": true}));
    let overview = console(&site, "GET /api/1/sync", "");
    let overview: Value = serde_json::from_slice(&overview.body).expect("JSON");
    assert_eq!(
        overview,
        json!({"services": [{
            "sid": made["service_sid"], "name": "default", "more": false,
            "things": [{"kind": "Documents", "sid": made["sid"], "name": "settings"}],
        }], "more": false})
    );
    let (status, list) = ask("GET", "Documents?PageSize=1", "", "");
    assert_eq!((status, &list["documents"]), (200, &json!([made])));
    for stale in ["\nIf-Match: 1", "\nIf-Match: \u{e9}"] {
        let (status, refused) = ask("POST", "Documents/settings", stale, "Ttl=1");
        assert_eq!((status, &refused["code"]), (412, &json!(54103)));
    }
    let large = format!("Data={}", "x".repeat(128 * 1024));
    assert_eq!(ask("POST", "Documents", "", &large).0, 413);
    assert_eq!(ask("PUT", "Documents/settings", "", "").0, 405);
    let json = "POST /api/1/sync/Services/default/Documents\nContent-Type: application/json";
    assert_eq!(console(&site, json, "{}").status, 415);
    assert_eq!(ask("DELETE", "Documents/settings", "", "").0, 204);
    assert_eq!(json_at(&site, "GET /read")[2], 20404);
}
