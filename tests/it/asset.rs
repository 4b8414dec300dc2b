//! Assets compared with npm `mime-types` (which types the Toolkit's uploads) and with Express
//! (which sends them in the local Toolkit), and what a client sees when a file is torn.

use crate::oracle::ask;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use switchboard::asset::{AssetFile, AssetStore, Served};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The extensions that assets have, and then some.
const EXTENSIONS: &str = "\
    3g2 3gp 3mf 7z aac adoc ai aif aifc aiff amr apng appcache asc asm atom au avi avif bas \
    bat bin bmp bz2 c cab caf cc cdf cer cfg cjs class cmd coffee conf config cpp cr2 crt cs \
    css csv cur dat deb def der diff dmg dng doc docm docx dotm dtd dwg dxf ejs emf eml env \
    eot eps epub example exe flac flv fnt geojson gif glb gltf go gpx graphql gsm gz h \
    handlebars hbs heic heics heif hjson hpp htc htm html ico ics idl in inc ini iso jar \
    java jfi jfif jp2 jpe jpeg jpg js json json5 jsonc jsonld jsx jxl key kml kmz kt ktx \
    ktx2 less lock log lst lua m2v m3u8 m4a m4b m4p m4r m4s m4v man manifest map markdown \
    mbox md mdx mht mhtml mid midi mjs mk mkd mkv mov mp2 mp2a mp3 mp4 mpe mpeg mpg mpga msg \
    msi mtl mustache njk numbers obj odp ods odt oga ogg oggs ogv opus osm otf owl p12 pages \
    parquet patch pct pcx pdf pem pfb php pict pkpass pl pls png potm ppsm ppt pptm pptx \
    proto ps ps1 psd pug py r ra ram rar rb rdf reg resx rpm rs rss rst rtf s sass scala \
    scss settings sh sitemap slin sln smi smil snd spx sql srt step stl stp svelte svg svgz \
    swf swift tar tcl tex text tgz tif tiff toml ts tsx ttc ttf ttml twiml txt ulaw usdz \
    user vb vcard vcf vcs vtt vue war wasm wav wave weba webm webmanifest webp wma wmf wmv \
    woff woff2 wsdl xhtml xlf xls xlsb xlsm xlsx xltm xml xsd xsl xslt yaml yml zip";

/// Where Express (`mime` 1.6) and the upload (`mime-types` 2.1) disagree. The upload is followed: its
/// type is the one that the cloud is given.
const EXPRESS_DISAGREES: &str = "\
    3mf amr asc avif cjs deb dmg emf exe heic heics heif hjson ico iso key ktx2 m4s mdx msi \
    mtl numbers obj opus osm owl pages pcx rar stl toml ttml usdz wav wmf xlf";

/// Requests that Express answers otherwise, with the reason why we do not.
const DIFFERENCES: [(&str, &str); 3] = [
    (
        "range: bytes=-5000",
        "a suffix longer than the file means the whole file (RFC 9110, 14.1.2), as CDNs have it; Express says 416",
    ),
    (
        "if-none-match: W/\"3e8-18bcfe5687b\" | if-modified-since: Mon, 01 Jan 2001 00:00:00 GMT",
        "If-Modified-Since is not looked at beside If-None-Match (RFC 9110, 13.1.3); Express wants both to hold",
    ),
    (
        "if-modified-since: 2030-01-01",
        "only HTTP's own date formats are dates; Express reads whatever `Date.parse` does",
    ),
];

async fn serve(path: &Path, method: &Method, headers: &HeaderMap) -> Served {
    let asset = AssetFile {
        path: path.into(),
        folder: path.parent().expect("a file in a folder").into(),
    };
    AssetStore::new()
        .serve(&asset, method, headers)
        .await
        .expect("the test wrote the file")
}

#[tokio::test]
async fn types_are_those_of_the_upload_with_expresss_charset() {
    let folder = tempfile::tempdir().unwrap();
    let mut names: Vec<String> = EXTENSIONS
        .split_whitespace()
        .map(|extension| format!("file.{extension}"))
        .collect();
    names.extend(["noext", "json", "A.HTML", "a.b.js", "dot.", "a.unheard-of"].map(String::from));
    let answers = ask("content-type.js", &json!(names));
    let disagrees: Vec<&str> = EXPRESS_DISAGREES.split_whitespace().collect();
    let mut wrong = Vec::new();
    for (name, answer) in names.iter().zip(answers.as_array().unwrap()) {
        let path = folder.path().join(name);
        fs::write(&path, "x").unwrap();
        let served = serve(&path, &Method::GET, &HeaderMap::new()).await;
        let (first, ours) = &served.headers[0];
        assert_eq!(first, "content-type");
        let ours = ours.to_str().unwrap();
        let uploaded = answer["uploaded"].as_str().unwrap();
        if ours.trim_end_matches("; charset=UTF-8") != uploaded {
            wrong.push(format!("{name}: {ours}, uploaded as {uploaded}"));
        }
        let differs = ours != answer["sent"].as_str().unwrap();
        if differs != disagrees.contains(&name.trim_start_matches("file.")) {
            wrong.push(format!("{name}: {ours}, Express sends {}", answer["sent"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Method and headers, `|` between headers: `HEAD range: bytes=0-1 | if-range: …`.
fn requests(etag: &str, date: &str) -> Vec<String> {
    let strong = etag.trim_start_matches("W/");
    let early = "Mon, 01 Jan 2001 00:00:00 GMT";
    let late = "Tue, 01 Jan 2030 00:00:00 GMT";
    let mut all: Vec<String> = [
        "",
        "range: bytes=0-9",
        "range: bytes=0-0",
        "range: bytes=0-",
        "range: bytes=990-",
        "range: bytes=-10",
        "range: bytes=-1000",
        "range: bytes=-5000",
        "range: bytes=-0",
        "range: bytes=999-999",
        "range: bytes=999-5000",
        "range: bytes=1000-",
        "range: bytes=1000-1001",
        "range: bytes=5-2",
        "range: bytes=",
        "range: bytes=a-b",
        "range: bytes=1x-5y",
        "range: bytes=--5",
        "range: bytes=7",
        "range: bytes= 1-2",
        "range: bytes=0-99999999999999999999999",
        "range: bytes=0-4,5-9",
        "range: bytes=0-4, 5-9",
        "range: bytes=0-4,2-3",
        "range: bytes=50-59,40-52",
        "range: bytes=0-4,10-14",
        "range: bytes=0-4,5000-",
        "range: bytes=5000-,6000-",
        "range: Bytes=0-4",
        "range: items=0-4",
        "range: 0-4",
        "if-none-match: *",
        "if-none-match: \"other\"",
        "if-none-match: W/\"other\"",
        "if-none-match: ",
        "if-none-match: \"other\", *",
        "if-modified-since: yesterday",
        "if-modified-since: 2030-01-01",
        "if-unmodified-since: yesterday",
        "if-match: *",
        "if-match: \"other\"",
        "if-match: ",
        "cache-control: no-cache | if-none-match: *",
        "cache-control: max-age=0, no-cache | if-none-match: *",
        "cache-control: max-age=0 | if-none-match: *",
        "if-match: \"other\" | if-none-match: *",
        "if-match: \"other\" | range: bytes=0-9",
        "if-none-match: * | range: bytes=0-9",
        "range: bytes=0-9 | if-range: \"other\"",
        "range: bytes=0-9 | if-range: yesterday",
        "range: bytes=5000- | if-range: \"other\"",
        "range: bytes=5000- | if-range: ",
    ]
    .map(String::from)
    .into();
    for tag in [etag, strong] {
        all.push(format!("if-none-match: {tag}"));
        all.push(format!("if-none-match: \"other\", {tag}"));
        all.push(format!("if-none-match: \"other\" ,{tag} , \"third\""));
        all.push(format!("if-match: {tag}"));
        all.push(format!("if-match: \"other\", {tag}"));
        all.push(format!("range: bytes=0-9 | if-range: {tag}"));
    }
    for date in [early, date, late] {
        all.push(format!("if-modified-since: {date}"));
        all.push(format!("if-unmodified-since: {date}"));
        all.push(format!("range: bytes=0-9 | if-range: {date}"));
        all.push(format!("if-none-match: {etag} | if-modified-since: {date}"));
        all.push(format!(
            "if-none-match: \"other\" | if-modified-since: {date}"
        ));
        all.push(format!("if-match: {etag} | if-unmodified-since: {date}"));
    }
    all
}

fn headers(request: &str) -> Vec<(&str, &str)> {
    request
        .split(" | ")
        .filter_map(|header| header.split_once(": "))
        .collect()
}

/// What is compared: for a refusal the status and the range, as Express adds a page of HTML that
/// says no more than the status does; for the rest every header but those of the connection.
fn comparable(status: u16, headers: impl Iterator<Item = (String, String)>, body: &[u8]) -> Value {
    let refused = status >= 400;
    let headers: BTreeMap<String, String> = headers
        .filter(|(name, _)| !["date", "connection", "keep-alive"].contains(&name.as_str()))
        .filter(|(name, _)| !refused || name == "content-range")
        .collect();
    let body = if refused { &[] } else { body };
    json!({ "status": status, "headers": headers, "body": String::from_utf8_lossy(body) })
}

#[tokio::test]
async fn conditions_and_ranges_are_answered_as_express_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("asset.txt");
    let content: String = (0..250).map(|line| format!("{line:03}\n")).collect();
    fs::write(&path, &content).unwrap();
    let modified = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_122_700_000);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_modified(modified).unwrap();
    let all = requests("W/\"3e8-18bcfe5687b\"", "Tue, 14 Nov 2023 22:13:20 GMT");
    let questions: Vec<(Method, &String)> = [Method::GET, Method::HEAD, Method::POST]
        .iter()
        .flat_map(|method| all.iter().map(|request| (method.clone(), request)))
        .collect();
    let answers = ask(
        "asset.js",
        &json!({
            "path": path,
            "requests": questions.iter().map(|(method, request)| {
                json!({ "method": method.as_str(), "headers": headers(request) })
            }).collect::<Vec<_>>(),
        }),
    );

    let mut wrong = Vec::new();
    for ((method, request), answer) in questions.iter().zip(answers.as_array().unwrap()) {
        let map: HeaderMap = headers(request)
            .into_iter()
            .map(|(name, value)| {
                let name: HeaderName = name.parse().unwrap();
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect();
        let served = serve(&path, method, &map).await;
        let (status, lines) = (served.status.as_u16(), served.headers);
        let body = served.body.collect().await.unwrap().to_bytes();
        let lines = lines
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let ours = comparable(status, lines, &body);

        let theirs_body = base64(answer["body"].as_str().unwrap());
        let lines = answer["headers"].as_array().unwrap().iter();
        let lines = lines.map(|line| {
            let text = |at: usize| line[at].as_str().unwrap().to_owned();
            (text(0), text(1))
        });
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        let theirs = comparable(status, lines, &theirs_body);
        let excused = DIFFERENCES.iter().any(|(known, _)| known == request);
        if (ours == theirs) == excused {
            wrong.push(format!(
                "{method} {request}\n  ours   {ours}\n  theirs {theirs}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .expect("the script encodes")
}

/// A client must not take a torn file for a whole one.
#[tokio::test]
async fn a_file_cut_short_while_it_is_sent_ends_the_connection() {
    const LENGTH: u64 = 3 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.bin");
    fs::write(&path, vec![b'x'; LENGTH as usize]).unwrap();
    // So narrow a pipe that most of the file is unread when the client has the first bytes.
    let (mut client, server) = tokio::io::duplex(1024);
    let asset = path.clone();
    let service = hyper::service::service_fn(move |request: http::Request<_>| {
        let path = asset.clone();
        async move {
            let served = serve(&path, request.method(), request.headers()).await;
            let mut response = http::Response::new(served.body);
            response.headers_mut().extend(served.headers);
            Ok::<_, std::convert::Infallible>(response)
        }
    });
    let connection = tokio::spawn(
        hyper::server::conn::http1::Builder::new()
            .serve_connection(hyper_util::rt::TokioIo::new(server), service),
    );

    client
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut received = vec![0; 512];
    client.read_exact(&mut received).await.unwrap();
    let head = String::from_utf8_lossy(&received).into_owned();
    assert!(
        head.contains(&format!("content-length: {LENGTH}\r\n")),
        "{head}"
    );
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(1000).unwrap();
    client.read_to_end(&mut received).await.unwrap();
    assert!((received.len() as u64) < LENGTH);
    let error = connection.await.unwrap().unwrap_err();
    assert!(format!("{error:?}").contains("became shorter"), "{error:?}");
}
