use super::*;
use crate::console::Level;
use crate::rest::client::{ACCOUNT, Client};
use serde_json::{Value, json};

const AT_START: &str = "2018-03-25T09:53:19Z";
const SERVICES: &str = "https://sync.twilio.com/v1/Services";

fn client() -> Client {
    Client::of(SERVICES)
}

impl Client {
    /// The status of the answer, and what it says.
    fn told(&mut self, method: &str, path: &str, parameters: &[(&str, &str)]) -> (u16, Value) {
        let reply = self.ask(method, path, parameters).reply;
        let told = serde_json::from_str(&reply.body).unwrap_or_default();
        (reply.status, told)
    }

    /// The same, and it must be done.
    fn done(&mut self, method: &str, path: &str, parameters: &[(&str, &str)]) -> Value {
        let (status, told) = self.told(method, path, parameters);
        assert!(status < 300, "{method} {path}: {status} {told}");
        told
    }

    /// The status and the code of a refusal.
    fn refused(&mut self, method: &str, path: &str, parameters: &[(&str, &str)]) -> (u16, u64) {
        let (status, told) = self.told(method, path, parameters);
        (status, told["code"].as_u64().unwrap_or_default())
    }
}

fn data(text: &str) -> (&str, &str) {
    ("Data", text)
}

const NAME: (&str, &str) = ("UniqueName", "x");

#[test]
fn each_kind_is_what_twilio_answers() {
    let mut client = client();
    let service = client.done("GET", "default", &[]);
    let service = service["sid"].as_str().unwrap();
    let base = format!("https://sync.twilio.com/v1/Services/{service}");
    let common = |sid: &str, segment: &str, links: &[&str]| {
        let url = format!("{base}/{segment}/{sid}");
        let links: serde_json::Map<String, Value> = links
            .iter()
            .map(|link| (link.to_ascii_lowercase(), format!("{url}/{link}").into()))
            .collect();
        json!({
            "account_sid": ACCOUNT, "service_sid": service, "created_by": "system",
            "date_expires": null, "date_created": AT_START, "date_updated": AT_START,
            "sid": sid, "unique_name": "x", "url": url, "links": links,
        })
    };
    let with = |mut value: Value, name: &str, more: Value| {
        value[name] = more;
        value
    };
    for (segment, prefix, links) in [
        ("Documents", "ET", &["Permissions"][..]),
        ("Lists", "ES", &["Items", "Permissions"]),
        ("Maps", "MP", &["Items", "Permissions"]),
        ("Streams", "TO", &["Messages"]),
    ] {
        let made = client.done("POST", &format!("default/{segment}"), &[NAME]);
        let sid = made["sid"].as_str().unwrap();
        assert!(sid.starts_with(prefix) && sid.len() == 34, "{sid}");
        let mut expected = common(sid, segment, links);
        if segment != "Streams" {
            expected = with(expected, "revision", "0".into());
        }
        if segment == "Documents" {
            expected = with(expected, "data", json!({}));
        }
        assert_eq!(made, expected);
        for key in [sid, "x"] {
            let found = client.done("GET", &format!("default/{segment}/{key}"), &[]);
            assert_eq!(found, expected);
            let found = client.done("GET", &format!("{service}/{segment}/{key}"), &[]);
            assert_eq!(found, expected);
        }
        let list = client.done("GET", &format!("default/{segment}"), &[]);
        assert_eq!(list[segment.to_ascii_lowercase()], json!([expected]));
    }
    assert_eq!(
        client.done("GET", "default", &[]),
        json!({
            "account_sid": ACCOUNT, "date_created": AT_START, "date_updated": AT_START,
            "friendly_name": "Default Service", "sid": service, "unique_name": "default", "url": base,
            "links": {
                "documents": format!("{base}/Documents"), "lists": format!("{base}/Lists"),
                "maps": format!("{base}/Maps"), "streams": format!("{base}/Streams"),
            },
            "webhook_url": null, "webhooks_from_rest_enabled": false,
            "reachability_webhooks_enabled": false, "acl_enabled": false,
            "reachability_debouncing_enabled": false, "reachability_debouncing_window": 5000,
        })
    );
}

#[test]
fn items_messages_and_permissions_are_what_twilio_answers() {
    let mut client = client();
    let mut sid_of = |segment: &str| {
        let made = client.done("POST", &format!("default/{segment}"), &[NAME]);
        [&made["sid"], &made["service_sid"]].map(|sid| sid.as_str().unwrap().to_string())
    };
    let [list, service] = sid_of("Lists");
    let [map, _] = sid_of("Maps");
    sid_of("Streams");
    let base = format!("https://sync.twilio.com/v1/Services/{service}");
    let item = json!({
        "account_sid": ACCOUNT, "service_sid": service, "created_by": "system", "data": {"a": 1},
        "date_expires": null, "date_created": AT_START, "date_updated": AT_START, "revision": "0",
    });
    let mut of_list = item.clone();
    of_list["index"] = 0.into();
    of_list["list_sid"] = list.as_str().into();
    of_list["url"] = format!("{base}/Lists/{list}/Items/0").into();
    let given = data("{ \"a\": 1 }");
    assert_eq!(
        client.done("POST", "default/Lists/x/Items", &[given]),
        of_list
    );
    assert_eq!(client.done("GET", "default/Lists/x/Items/0", &[]), of_list);
    let mut of_map = item;
    of_map["key"] = "+1 2".into();
    of_map["map_sid"] = map.as_str().into();
    of_map["url"] = format!("{base}/Maps/{map}/Items/%2B1%202").into();
    let key = ("Key", "+1 2");
    assert_eq!(
        client.done("POST", "default/Maps/x/Items", &[key, given]),
        of_map
    );
    assert_eq!(
        client.done("GET", "default/Maps/x/Items/+1%202", &[]),
        of_map
    );
    let message = client.done("POST", "default/Streams/x/Messages", &[given]);
    let sid = message["sid"].as_str().unwrap();
    assert!(sid.starts_with("TZ"), "{sid}");
    assert_eq!(message, json!({"sid": sid, "data": {"a": 1}}));
    let rights = [("Read", "true"), ("Write", "false"), ("Manage", "true")];
    let permission = client.done("POST", "default/Maps/x/Permissions/bob", &rights);
    assert_eq!(
        permission,
        json!({
            "account_sid": ACCOUNT, "service_sid": service, "map_sid": map, "identity": "bob",
            "read": true, "write": false, "manage": true,
            "url": format!("{base}/Maps/{map}/Permissions/bob"),
        })
    );
    let list = client.done("GET", "default/Maps/x/Permissions", &[]);
    assert_eq!(list["permissions"], json!([permission]));
    client.done("DELETE", "default/Maps/x/Permissions/bob", &[]);
    let gone = client.refused("GET", "default/Maps/x/Permissions/bob", &[]);
    assert_eq!(gone, (404, 20404));
}

#[test]
fn what_is_wrong_is_refused_with_twilios_number() {
    let mut client = client();
    for segment in ["Documents", "Lists", "Maps", "Streams"] {
        client.done("POST", &format!("default/{segment}"), &[NAME]);
    }
    client.done("POST", "default/Maps/x/Items", &[("Key", "k"), data("{}")]);
    client.done("POST", "default/Lists/x/Items", &[data("{}")]);
    let long = "n".repeat(321);
    let sid_like = format!("CA{}", "0".repeat(32));
    let large = json!({ "a": "é".repeat(8 * 1024) }).to_string();
    let message = json!({ "a": "x".repeat(4 * 1024) }).to_string();
    let (longest_word, url) = ("n".repeat(257), format!("https://h/{}", "x".repeat(512)));
    let deep = "{\"a\":".repeat(200);
    for (method, path, parameters, expected) in [
        ("GET", "default/Documents/y", &[][..], (404, 20404)),
        ("POST", "default/Lists/y", &[("Ttl", "1")], (404, 20404)),
        ("DELETE", "default/Maps/y", &[], (404, 20404)),
        ("GET", "default/Lists/x/Items/7", &[], (404, 20404)),
        ("GET", "default/Maps/x/Items/y", &[], (404, 20404)),
        (
            "POST",
            "default/Maps/y/Items",
            &[("Key", "k"), data("{}")],
            (404, 20404),
        ),
        (
            "POST",
            "default/Streams/y/Messages",
            &[data("{}")],
            (404, 20404),
        ),
        ("GET", "another/Documents", &[], (404, 20404)),
        ("GET", "default/Rooms", &[], (404, 20404)),
        (
            "GET",
            "default/Documents/x/Permissions/bob",
            &[],
            (404, 20404),
        ),
        ("POST", "default/Documents", &[NAME], (409, 54301)),
        ("POST", "default/Lists", &[NAME], (409, 54301)),
        (
            "POST",
            "default/Maps/x/Items",
            &[("Key", "k"), data("{}")],
            (409, 54208),
        ),
        ("POST", "default/Maps", &[("UniqueName", "")], (400, 54302)),
        (
            "POST",
            "default/Maps",
            &[("UniqueName", &long)],
            (400, 54302),
        ),
        (
            "POST",
            "default/Maps",
            &[("UniqueName", &sid_like)],
            (400, 54302),
        ),
        ("POST", "default/Maps/x/Items", &[data("{}")], (400, 54209)),
        (
            "POST",
            "default/Maps/x/Items",
            &[("Key", &long), data("{}")],
            (400, 54209),
        ),
        (
            "POST",
            "default/Maps/x/Items",
            &[("Key", "l")],
            (400, 54206),
        ),
        ("POST", "default/Lists/x/Items", &[], (400, 54156)),
        ("POST", "default/Lists/x/Items", &[data("")], (400, 54156)),
        ("POST", "default/Documents", &[data("null")], (400, 54101)),
        ("POST", "default/Streams/x/Messages", &[], (400, 54251)),
        ("POST", "default/Documents", &[data("{")], (400, 54008)),
        ("POST", "default/Documents", &[data("[1]")], (400, 54008)),
        ("POST", "default/Documents", &[data("hello")], (400, 54008)),
        ("POST", "default/Documents", &[data(&deep)], (400, 54008)),
        ("POST", "default/Documents", &[data(&large)], (413, 54006)),
        ("POST", "default/Documents/x", &[data(&large)], (413, 54006)),
        (
            "POST",
            "default/Streams/x/Messages",
            &[data(&message)],
            (413, 54006),
        ),
        ("POST", "default/Lists", &[("Ttl", "-1")], (400, 54011)),
        (
            "POST",
            "default/Lists",
            &[("Ttl", "31536001")],
            (400, 54011),
        ),
        (
            "POST",
            "default/Lists/x/Items/0",
            &[("ItemTtl", "1.5")],
            (400, 54011),
        ),
        ("POST", "default/Documents/x", &[], (400, 54010)),
        (
            "POST",
            "default/Maps/x/Items/k",
            &[("CollectionTtl", "5")],
            (400, 54010),
        ),
        ("GET", "default/Lists/x/Items/-1", &[], (400, 54458)),
        (
            "GET",
            "default/Lists/x/Items",
            &[("From", "y")],
            (400, 54458),
        ),
        (
            "GET",
            "default/Lists/x/Items",
            &[("Order", "up")],
            (400, 54451),
        ),
        (
            "GET",
            "default/Maps/x/Items",
            &[("Bounds", "some")],
            (400, 54452),
        ),
        ("GET", "default/Maps", &[("PageToken", "7")], (400, 54453)),
        (
            "POST",
            "default",
            &[("FriendlyName", &longest_word)],
            (400, 54053),
        ),
        ("POST", "default", &[("WebhookUrl", "told")], (400, 54051)),
        ("POST", "default", &[("WebhookUrl", &url)], (400, 54051)),
        ("POST", "default/Maps/x/Permissions/", &[], (400, 54351)),
        ("PUT", "default/Documents/x", &[], (405, 20004)),
        ("GET", "default/Streams/x/Messages", &[], (405, 20004)),
        ("POST", "default/Streams/x", &[data("{}")], (400, 54010)),
        ("POST", "default/Lists/x", &[data("{}")], (400, 54010)),
        (
            "POST",
            "default/Documents/x",
            &[("CollectionTtl", "1")],
            (400, 54010),
        ),
        ("POST", "default/Lists/x", &[("Ttl", "+1")], (400, 54011)),
        ("GET", "default/Lists/x/Items/+0", &[], (400, 54458)),
    ] {
        let found = client.refused(method, path, parameters);
        assert_eq!(
            found,
            expected,
            "{method} {path} {:.80}",
            format!("{parameters:?}")
        );
    }
    let (_, told) = client.told("GET", "default/Documents/y%20z", &[]);
    assert_eq!(
        told,
        json!({
            "code": 20404, "status": 404, "more_info": "https://www.twilio.com/docs/errors/20404",
            "message": "The requested resource /Services/default/Documents/y%20z was not found",
        })
    );
}

#[test]
fn what_is_there_is_no_reason_for_a_warning() {
    let mut client = client();
    let mut said = |method: &str, path: &str, parameters: &[(&str, &str)]| {
        let said = client.ask(method, path, parameters).said;
        said.map(|(level, text)| (level == Level::Warning, text))
    };
    let info = |text: &str| Some((false, text.to_string()));
    let (documents, maps) = ("default/Documents", "default/Maps");
    assert_eq!(
        said("POST", documents, &[NAME]),
        info("Sync: document “x” created")
    );
    assert_eq!(
        said("POST", "default/Documents/x", &[data("{}")]),
        info("Sync: document “x” changed")
    );
    assert_eq!(said("GET", "default/Documents/x", &[]), None);
    assert_eq!(said("GET", documents, &[]), None);
    said("POST", maps, &[NAME]);
    assert_eq!(
        said("POST", "default/Maps/x/Items", &[("Key", "k"), data("{}")]),
        info("Sync: item “k” of map “x” created")
    );
    assert_eq!(
        said("DELETE", "default/Maps/x/Items/k", &[]),
        info("Sync: item “k” of map “x” removed")
    );
    let gone = "Sync: GET /Services/default/Maps/x/Items/k: nothing is there (20404)";
    assert_eq!(said("GET", "default/Maps/x/Items/k", &[]), info(gone));
    let other = format!("IS{}", "0".repeat(32));
    assert_eq!(
        said("POST", &format!("{other}/Lists"), &[NAME]),
        info(&format!("Sync: list “x” of the service {other} created"))
    );
    assert_eq!(
        said("POST", documents, &[NAME]),
        info(
            "Sync: POST /Services/default/Documents “x”: Twilio would refuse it with 54301: Unique name already \
             exists"
        )
    );
    for (given, why) in [
        ("1", "(Data is no object)"),
        (
            "[]",
            "(Data is an array, which no public source says that Sync takes)",
        ),
        (
            "{",
            "(Data is no JSON: EOF while parsing an object at line 1 column 1)",
        ),
    ] {
        let (warned, text) = said("POST", documents, &[data(given)]).unwrap();
        assert!(
            warned && text.contains("54008") && text.ends_with(why),
            "{text}"
        );
    }
    let (warned, text) = said("GET", &format!("default/Rooms/{}", "é".repeat(500)), &[]).unwrap();
    assert!(warned && text.chars().count() < 200, "{text}");
}

#[test]
fn a_document_changes_for_who_has_seen_its_revision() {
    let mut client = client();
    client.done(
        "POST",
        "default/Documents",
        &[NAME, data(r#"{"a":1,"b":2}"#)],
    );
    let mut update = |if_match: Option<&str>| {
        let parameters = [data(r#"{"a":2}"#)];
        let path = "default/Documents/x";
        let answered = client.ask_with(if_match, "POST", path, &parameters);
        let told: Value = serde_json::from_str(&answered.reply.body).unwrap();
        (
            answered.reply.status,
            told["revision"].clone(),
            told["code"].clone(),
        )
    };
    assert_eq!(update(Some("1")), (412, Value::Null, 54103.into()));
    assert_eq!(update(Some("0")), (200, "1".into(), Value::Null));
    assert_eq!(update(Some("\"1\"")), (200, "2".into(), Value::Null));
    assert_eq!(update(Some("*")), (200, "3".into(), Value::Null));
    for revision in ["4", "5", "6", "7", "8", "9", "a"] {
        assert_eq!(update(None), (200, revision.into(), Value::Null));
    }
    let found = client.done("GET", "default/Documents/x", &[]);
    assert_eq!(found["data"], json!({"a": 2}));
    client.now += 1;
    let lives = client.done("POST", "default/Documents/x", &[("Ttl", "60")]);
    assert_eq!(lives["data"], json!({"a": 2}));
    assert_eq!(lives["date_updated"], "2018-03-25T09:53:20Z");
    assert_eq!(lives["date_expires"], "2018-03-25T09:54:20Z");
}

#[test]
fn no_index_comes_twice_and_items_share_a_counter() {
    let mut client = client();
    client.done("POST", "default/Lists", &[NAME]);
    let path = "default/Lists/x/Items";
    for index in 0..3 {
        let item = client.done("POST", path, &[data("{}")]);
        assert_eq!(item["index"], index);
    }
    client.done("DELETE", "default/Lists/x/Items/1", &[]);
    let item = client.done("POST", path, &[data("{}")]);
    assert_eq!(
        (&item["index"], &item["revision"]),
        (&4.into(), &"4".into())
    );
    let item = client.done("POST", "default/Lists/x/Items/0", &[data(r#"{"a":1}"#)]);
    assert_eq!(
        (&item["index"], &item["revision"]),
        (&0.into(), &"5".into())
    );
    let list = client.done("GET", "default/Lists/x", &[]);
    assert_eq!(list["revision"], "6");
    let wrong = client.ask_with(Some("0"), "DELETE", "default/Lists/x/Items/0", &[]);
    assert_eq!(wrong.reply.status, 412);
    assert!(wrong.reply.body.contains("54155"), "{}", wrong.reply.body);
    let right = client.ask_with(Some("5"), "DELETE", "default/Lists/x/Items/0", &[]);
    assert_eq!((right.reply.status, right.reply.body), (204, String::new()));
}

#[test]
fn what_is_over_is_gone_with_all_that_is_in_it() {
    let mut client = client();
    client.done("POST", "default/Documents", &[NAME, ("Ttl", "10")]);
    client.done(
        "POST",
        "default/Maps",
        &[NAME, ("Ttl", "9"), ("CollectionTtl", "20")],
    );
    for (key, ttl) in [
        ("a", ("Ttl", "5")),
        ("b", ("ItemTtl", "0")),
        ("c", ("Ttl", "")),
    ] {
        let item = [("Key", key), data("{}"), ttl];
        client.done("POST", "default/Maps/x/Items", &item);
    }
    let keys = |client: &mut Client| {
        let list = client.done("GET", "default/Maps/x/Items", &[]);
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|item| item["key"].as_str().unwrap().to_string())
            .collect::<String>()
    };
    client.now += 5;
    assert_eq!(keys(&mut client), "abc");
    // A change of the data is none of its time.
    client.done("POST", "default/Maps/x/Items/a", &[data(r#"{"a":1}"#)]);
    client.now += 1;
    assert_eq!(keys(&mut client), "bc");
    assert_eq!(
        client.refused("GET", "default/Maps/x/Items/a", &[]),
        (404, 20404)
    );
    client.now += 5;
    assert_eq!(
        client.refused("GET", "default/Documents/x", &[]),
        (404, 20404)
    );
    // Its name is free.
    client.done("POST", "default/Documents", &[NAME]);
    client.done(
        "POST",
        "default/Maps/x/Items/b",
        &[("Ttl", "100"), ("CollectionTtl", "30")],
    );
    client.now += 29;
    assert_eq!(keys(&mut client), "bc");
    client.done("POST", "default/Maps/x", &[("Ttl", "0")]);
    client.now += 60;
    assert_eq!(keys(&mut client), "bc");
    client.done("DELETE", "default/Maps/x", &[]);
    client.done("POST", "default/Maps", &[NAME]);
    assert_eq!(keys(&mut client), "");
}

#[test]
fn pages_go_on_where_the_last_one_ended_whatever_was_removed() {
    let mut client = client();
    client.done("POST", "default/Lists", &[NAME]);
    for index in 0..7 {
        client.done(
            "POST",
            "default/Lists/x/Items",
            &[data(&format!("{{\"n\":{index}}}"))],
        );
    }
    let path = "default/Lists/x/Items";
    let first = client.done("GET", path, &[("PageSize", "3")]);
    let indices = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["index"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(indices(&first), [0, 1, 2]);
    let url = |query: &str| format!("https://sync.twilio.com/v1/Services/{path}?{query}");
    assert_eq!(
        first["meta"],
        json!({
            "page": 0, "page_size": 3, "first_page_url": url("PageSize=3&Page=0"),
            "previous_page_url": null, "url": url("PageSize=3&Page=0"),
            "next_page_url": url("PageSize=3&Page=1&PageToken=PTai2"), "key": "items",
        })
    );
    for index in 0..4 {
        client.done("DELETE", &format!("{path}/{index}"), &[]);
    }
    let next = first["meta"]["next_page_url"].as_str().unwrap();
    let second = client.done("GET", next, &[]);
    assert_eq!(
        (indices(&second), &second["meta"]["page"]),
        (vec![4, 5, 6], &1.into())
    );
    assert_eq!(second["meta"]["next_page_url"], Value::Null);
    for (parameters, expected) in [
        (&[][..], &[4, 5, 6][..]),
        (&[("Order", "desc")], &[6, 5, 4]),
        (&[("From", "5")], &[5, 6]),
        (&[("From", "5"), ("Bounds", "exclusive")], &[6]),
        (&[("From", "5"), ("Order", "desc")], &[5, 4]),
        (&[("From", "2")], &[4, 5, 6]),
        (&[("Bounds", "exclusive")], &[4, 5, 6]),
        (&[("PageSize", "0")], &[4]),
        (&[("PageSize", "5000")], &[4, 5, 6]),
        (&[("Page", "3")], &[4, 5, 6]),
    ] {
        let page = client.done("GET", path, parameters);
        assert_eq!(indices(&page), expected, "{parameters:?}");
    }
    let down = client.done("GET", path, &[("Order", "desc"), ("PageSize", "2")]);
    let next = down["meta"]["next_page_url"].as_str().unwrap();
    assert!(
        next.ends_with("?Order=desc&PageSize=2&Page=1&PageToken=PTai5"),
        "{next}"
    );
    let last = client.done("GET", next, &[]);
    assert_eq!(indices(&last), [4]);
    let far = [
        ("PageToken", "PTai4"),
        ("Page", "18446744073709551615"),
        ("PageSize", "1"),
    ];
    assert_eq!(indices(&client.done("GET", path, &far)), [5]);
    let back = last["meta"]["previous_page_url"].as_str().unwrap();
    assert_eq!(indices(&client.done("GET", back, &[])), [6, 5]);
}

#[test]
fn a_service_is_made_changed_listed_and_removed() {
    let mut client = client();
    client.done("POST", "default/Documents", &[NAME]);
    let named = [("FriendlyName", "mine"), ("AclEnabled", "true")];
    let made = client.done("POST", SERVICES, &named);
    let sid = made["sid"].as_str().unwrap().to_string();
    assert!(sid.starts_with("IS") && sid.len() == 34, "{sid}");
    assert_eq!(
        (&made["friendly_name"], &made["acl_enabled"]),
        (&"mine".into(), &true.into())
    );
    // Names are a service's own.
    client.done("POST", &format!("{sid}/Documents"), &[NAME]);
    let list = client.done("GET", SERVICES, &[]);
    let names: Vec<_> = list["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["friendly_name"])
        .collect();
    assert_eq!(names, ["Default Service", "mine"]);
    let changed = client.done("POST", &sid, &[("AclEnabled", "false")]);
    assert_eq!(
        (&changed["friendly_name"], &changed["acl_enabled"]),
        (&"mine".into(), &false.into())
    );
    client.done("POST", &sid, &[]);
    client.done("DELETE", &sid, &[]);
    assert_eq!(
        client.refused("GET", &format!("{sid}/Documents/x"), &[]),
        (404, 20404)
    );
    client.done("GET", "default/Documents/x", &[]);
}

#[test]
fn no_more_is_kept_than_there_is_room_for_and_what_is_over_makes_room() {
    let mut client = client();
    client.done("POST", "default/Maps", &[NAME]);
    client.done("POST", "default/Streams", &[("UniqueName", "news")]);
    let whole = json!({ "a": "x".repeat(given::MOST_DATA - 8) }).to_string();
    let fill = |client: &mut Client| {
        (0_u32..)
            .map(|number| {
                let key = format!("{}/{number}", client.now);
                let item = [("Key", key.as_str()), data(&whole), ("Ttl", "10")];
                client.told("POST", "default/Maps/x/Items", &item).0
            })
            .take_while(|status| *status == 201)
            .count()
    };
    let first = fill(&mut client);
    assert!((1500..=MOST / given::MOST_DATA).contains(&first), "{first}");
    let (status, told) = client.told("POST", "default/Documents", &[]);
    assert_eq!((status, &told["code"]), (507, &Value::Null));
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("remove what is not needed"),
        "{told}"
    );
    // What is there can still be read, and be given an end; what is kept nowhere is taken.
    client.done("GET", "default/Maps/x", &[]);
    let key = format!("default/Maps/x/Items/{}%2F0", client.now);
    client.done("POST", &key, &[("Ttl", "5")]);
    client.done("POST", "default/Streams/news", &[("Ttl", "5")]);
    client.done("POST", "default/Streams/news/Messages", &[data("{}")]);
    client.now += 11;
    assert_eq!(fill(&mut client), first);
}

#[test]
fn the_default_service_is_one_by_its_name_and_by_its_sid() {
    let sid = place::ServiceKey::Default.sid();
    let mut client = client();
    let list = client.done("GET", SERVICES, &[]);
    assert_eq!(list["services"][0]["sid"], sid);
    client.done("POST", &format!("{sid}/Documents"), &[NAME]);
    client.done("GET", "default/Documents/x", &[]);
    client.done("DELETE", "default", &[]);
    let gone = client.refused("GET", &format!("{sid}/Documents/x"), &[]);
    assert_eq!(gone, (404, 20404));
    let list = client.done("GET", SERVICES, &[]);
    assert_eq!(list["services"].as_array().unwrap().len(), 1);
}

#[test]
fn who_only_looks_makes_no_service() {
    let mut client = client();
    let sid = format!("IS{}", "0".repeat(32));
    assert_eq!(client.done("GET", &sid, &[])["sid"], sid);
    client.done("GET", &format!("{sid}/Maps"), &[]);
    let refused = client.refused("POST", &format!("{sid}/Documents"), &[data("1")]);
    assert_eq!(refused, (400, 54008));
    assert_eq!(client.refused("DELETE", &sid, &[]), (404, 20404));
    let list = client.done("GET", SERVICES, &[]);
    assert_eq!(list["services"].as_array().unwrap().len(), 1);
    client.done("POST", &format!("{sid}/Documents"), &[]);
    let list = client.done("GET", SERVICES, &[]);
    assert_eq!(list["services"][1]["sid"], sid);
}

#[test]
fn numbers_stay_what_they_were_and_so_do_texts() {
    let mut client = client();
    let cut = client.done(
        "POST",
        "default/Documents",
        &[data(r#"{"a":"Hello \ud83d"}"#)],
    );
    assert_eq!(cut["data"], json!({"a": "Hello \u{fffd}"}));
    let text = r#"{"a":100.50000000000001,"b":31.245270191439438,"c":9007199254740993,"d":1e21}"#;
    let made = client.ask_with(None, "POST", "default/Documents", &[data(text)]);
    let shown = text.replace("1e21", "1e+21");
    assert!(made.reply.body.contains(&shown), "{}", made.reply.body);
}

#[test]
fn items_of_a_map_change_for_who_has_seen_their_revision_and_live_as_long_as_is_said() {
    let mut client = client();
    client.done("POST", "default/Maps", &[NAME]);
    let item = [("Key", "k"), data("{}"), ("Ttl", "5"), ("ItemTtl", "60")];
    let made = client.done("POST", "default/Maps/x/Items", &item);
    assert_eq!(made["date_expires"], "2018-03-25T09:54:19Z");
    let path = "default/Maps/x/Items/k";
    for method in ["POST", "DELETE"] {
        let answered = client.ask_with(Some("7"), method, path, &[data("{}")]);
        assert_eq!(answered.reply.status, 412);
        assert!(answered.reply.body.contains("54205"), "{answered:?}");
    }
    let lives = client.done("POST", path, &[("ItemTtl", "0")]);
    assert_eq!(
        (&lives["data"], &lives["date_expires"]),
        (&json!({}), &Value::Null)
    );
    assert_eq!(lives["revision"], "1");
}

#[test]
fn pages_of_a_map_go_by_its_keys_and_back_as_far_as_the_edge() {
    let mut client = client();
    client.done("POST", "default/Maps", &[NAME]);
    let path = "default/Maps/x/Items";
    let keys = ["1", "+1", "z", "Z", "é", "日"];
    for key in keys {
        client.done("POST", path, &[("Key", key), data("{}")]);
    }
    let found = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        let keys: Vec<_> = items
            .map(|item| item["key"].as_str().unwrap().to_string())
            .collect();
        keys.join(" ")
    };
    let url = |page: &Value, which: &str| page["meta"][which].as_str().unwrap().to_string();
    let first = client.done("GET", path, &[("PageSize", "2")]);
    assert_eq!(found(&first), "+1 1");
    let second = client.done("GET", &url(&first, "next_page_url"), &[]);
    assert_eq!(found(&second), "Z z");
    let third = client.done("GET", &url(&second, "next_page_url"), &[]);
    assert_eq!(found(&third), "é 日");
    client.done("DELETE", "default/Maps/x/Items/1", &[]);
    let back = client.done("GET", &url(&second, "previous_page_url"), &[]);
    assert_eq!(found(&back), "+1");
    let down = [("Order", "desc"), ("PageSize", "2"), ("From", "z")];
    let down = client.done("GET", path, &down);
    assert_eq!(found(&down), "z Z");
    let further = client.done("GET", &url(&down, "next_page_url"), &[]);
    assert_eq!(found(&further), "+1");
}

#[test]
fn a_page_of_large_items_is_shorter_and_none_is_lost() {
    let mut client = client();
    client.done("POST", "default/Lists", &[NAME]);
    let path = "default/Lists/x/Items";
    let whole = json!({ "a": "x".repeat(given::MOST_DATA - 8) }).to_string();
    for _ in 0..70 {
        client.done("POST", path, &[data(&whole)]);
    }
    // All pages from `url` on, each by its indices.
    let mut walk = |url: String, on: &str| {
        let (mut url, mut pages) = (url, Vec::new());
        loop {
            let page = client.done("GET", &url, &[]);
            let items = page["items"].as_array().unwrap().iter();
            pages.push(
                items
                    .map(|item| item["index"].as_u64().unwrap())
                    .collect::<Vec<_>>(),
            );
            let this = page["meta"]["url"].as_str().unwrap().to_string();
            match page["meta"][on].as_str() {
                Some(next) => url = next.to_string(),
                None => return (pages, this),
            }
        }
    };
    let (pages, last) = walk(format!("{path}?PageSize=100"), "next_page_url");
    assert_eq!(pages.len(), 3);
    assert_eq!(pages.concat(), (0..70).collect::<Vec<_>>());
    let (mut back, _) = walk(last, "previous_page_url");
    back.reverse();
    assert_eq!(back.concat(), (0..70).collect::<Vec<_>>());
}

#[test]
fn what_is_larger_than_anything_that_is_taken_is_not_looked_at() {
    let mut client = client();
    let key = "k".repeat(MOST_REQUEST);
    let found = client.refused("GET", &format!("default/Maps/x/Items/{key}"), &[]);
    assert_eq!(found, (413, 54006));
    let found = client.refused("POST", "default/Maps/x/Items", &[("Key", &key)]);
    assert_eq!(found, (413, 54006));
}
