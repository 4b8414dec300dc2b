//! The store as its caller sees it.

use super::*;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE};
use http_body::Body as _;
use http_body_util::BodyExt;

struct Project {
    folder: tempfile::TempDir,
    store: AssetStore,
}

impl Project {
    fn new() -> Self {
        Project {
            folder: tempfile::tempdir().unwrap(),
            store: AssetStore::new(),
        }
    }

    /// One whose store keeps files at once, however new they are.
    fn that_keeps_at_once() -> Self {
        let mut project = Project::new();
        project.store.tick = Duration::ZERO;
        project
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> AssetFile {
        let asset = AssetFile {
            path: self.folder.path().join(name).into(),
            folder: self.folder.path().into(),
        };
        fs::create_dir_all(asset.path.parent().unwrap()).unwrap();
        fs::write(&asset.path, content).unwrap();
        asset
    }

    async fn get(&self, asset: &AssetFile) -> Result<Served, AssetFault> {
        let headers = HeaderMap::new();
        self.store.serve(asset, &Method::GET, &headers).await
    }

    /// Serves the file until it is kept: a clock of coarse ticks may stand still at first.
    async fn keep(&self, asset: &AssetFile) {
        for _ in 0..100_000 {
            self.get(asset).await.unwrap();
            if self.store.kept.get(&*asset.path).is_some() {
                return;
            }
        }
        panic!("{asset:?} is never kept");
    }

    async fn text(&self, asset: &AssetFile) -> String {
        let body = self.get(asset).await.unwrap().body;
        String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap()
    }
}

fn header(served: &Served, name: &HeaderName) -> Option<String> {
    let found = served.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.to_str().unwrap().to_owned())
}

fn names(served: &Served) -> Vec<&str> {
    let names = served.headers.iter().map(|(name, _)| name.as_str());
    names.collect()
}

/// Where the bytes lie, to tell a file kept from a file read again.
fn address(served: Served) -> *const u8 {
    match served.body {
        Body::Full(Some(bytes)) => bytes.as_ptr(),
        other => panic!("not in memory: {other:?}"),
    }
}

#[tokio::test]
async fn headers_are_in_order_and_complete() {
    let project = Project::new();
    let asset = project.write("a.html", "hello");
    let served = project.get(&asset).await.unwrap();
    assert_eq!(served.status, StatusCode::OK);
    assert_eq!(served.body.size_hint().exact(), Some(5));
    assert_eq!(
        names(&served),
        [
            "content-type",
            "content-length",
            "accept-ranges",
            "cache-control",
            "etag",
            "last-modified"
        ]
    );
    assert_eq!(
        header(&served, &CONTENT_TYPE).unwrap(),
        "text/html; charset=UTF-8"
    );
}

#[tokio::test]
async fn head_says_the_same_without_a_body_and_post_is_get() {
    let project = Project::new();
    let small = project.write("a.txt", "hello");
    let large = project.write("b.txt", vec![b'x'; SMALL as usize + 1]);
    for asset in [&small, &large] {
        let got = project.get(asset).await.unwrap();
        let headers = HeaderMap::new();
        let head = project
            .store
            .serve(asset, &Method::HEAD, &headers)
            .await
            .unwrap();
        assert_eq!((head.status, &head.headers), (got.status, &got.headers));
        assert!(head.body.is_end_stream());
        let post = project
            .store
            .serve(asset, &Method::POST, &headers)
            .await
            .unwrap();
        assert_eq!((post.status, &post.headers), (got.status, &got.headers));
        assert_eq!(post.body.size_hint().exact(), got.body.size_hint().exact());
    }
}

#[tokio::test]
async fn a_small_file_is_read_once() {
    let project = Project::that_keeps_at_once();
    let asset = project.write("a.txt", "hello");
    project.keep(&asset).await;
    let kept = address(project.get(&asset).await.unwrap());
    let clone = Project {
        folder: tempfile::tempdir().unwrap(),
        store: project.store.clone(),
    };
    for project in [&project, &clone] {
        assert_eq!(address(project.get(&asset).await.unwrap()), kept);
    }
}

#[tokio::test]
async fn a_saved_file_is_served_at_once() {
    let project = Project::that_keeps_at_once();
    let asset = project.write("a.txt", "");
    for round in 0..50 {
        let content = "x".repeat(round);
        project.write("a.txt", &content);
        assert_eq!(project.text(&asset).await, content);
        assert_eq!(project.text(&asset).await, content);
    }
    fs::remove_file(&asset.path).unwrap();
    assert!(matches!(
        project.get(&asset).await,
        Err(AssetFault::NotFound)
    ));
    project.write("a.txt", "back");
    assert_eq!(project.text(&asset).await, "back");
}

#[tokio::test]
async fn same_length_and_same_time_do_not_hide_a_change() {
    let project = Project::new();
    let asset = project.write("a.txt", "0000");
    let time = fs::metadata(&asset.path).unwrap().modified().unwrap();
    for round in 0..50 {
        let content = format!("{round:04}");
        project.write("a.txt", &content);
        let file = fs::OpenOptions::new()
            .write(true)
            .open(&asset.path)
            .unwrap();
        file.set_modified(time).unwrap();
        assert_eq!(project.text(&asset).await, content);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_kept_file_gives_way_to_one_of_the_same_length_and_time() {
    let project = Project::that_keeps_at_once();
    let asset = project.write("a.txt", "one");
    project.keep(&asset).await;
    let metadata = fs::metadata(&asset.path).unwrap();
    let time = metadata.modified().unwrap();
    let write = |name: &str, content: &str| {
        let written = project.write(name, content);
        let file = fs::OpenOptions::new().write(true).open(&written.path);
        file.unwrap().set_modified(time).unwrap();
        written.path
    };

    // Another inode.
    fs::rename(write("new.txt", "two"), &asset.path).unwrap();
    assert_eq!(project.text(&asset).await, "two");

    // The same inode, changed at another tick of the file system's clock.
    project.keep(&asset).await;
    let before = Stamp::of(&fs::metadata(&asset.path).unwrap()).unwrap();
    let ticked = (0..10_000).any(|_| {
        write("a.txt", "six");
        Stamp::of(&fs::metadata(&asset.path).unwrap()).unwrap() != before
    });
    assert!(ticked);
    assert_eq!(project.text(&asset).await, "six");
}

#[tokio::test]
async fn a_new_file_is_not_kept_before_its_clock_has_ticked() {
    let project = Project::new();
    let asset = project.write("a.txt", "hello");
    project.get(&asset).await.unwrap();
    assert!(project.store.kept.get(&*asset.path).is_none());
}

#[cfg(unix)]
#[tokio::test]
async fn a_kept_file_is_not_a_way_out_of_another_folder() {
    let project = Project::that_keeps_at_once();
    let asset = project.write("one/a.txt", "hello");
    project.keep(&asset).await;
    let elsewhere = AssetFile {
        folder: project.folder.path().join("two").into(),
        ..asset.clone()
    };
    fs::create_dir(&elsewhere.folder).unwrap();
    assert!(matches!(
        project.get(&elsewhere).await,
        Err(AssetFault::LeavesFolder(_))
    ));

    // The file gives way to a link that leads out.
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::remove_file(&asset.path).unwrap();
    std::os::unix::fs::symlink(outside.path(), &asset.path).unwrap();
    let fault = project.get(&asset).await.unwrap_err();
    assert!(
        fault.to_string().contains("outside of the project"),
        "{fault}"
    );
}

#[tokio::test]
async fn hidden_files_are_not_there_and_hidden_folders_are() {
    let project = Project::new();
    let hidden = project.write(".env", "SECRET=1");
    assert!(matches!(
        project.get(&hidden).await,
        Err(AssetFault::NotFound)
    ));
    let known = project.write(".well-known/a.json", "{}");
    assert_eq!(project.text(&known).await, "{}");
}

#[tokio::test]
async fn a_large_file_is_streamed_whole_and_in_parts() {
    let project = Project::new();
    let content: Vec<u8> = (0..SMALL as u32 + 1000)
        .map(|at| (at % 251) as u8)
        .collect();
    let asset = project.write("large.bin", &content);
    let served = project.get(&asset).await.unwrap();
    assert!(matches!(served.body, Body::Stream(_)));
    assert_eq!(
        header(&served, &CONTENT_LENGTH).unwrap(),
        content.len().to_string()
    );
    assert!(served.body.collect().await.unwrap().to_bytes() == content);

    let mut headers = HeaderMap::new();
    headers.insert(RANGE, HeaderValue::from_static("bytes=500000-1000009"));
    let part = project
        .store
        .serve(&asset, &Method::GET, &headers)
        .await
        .unwrap();
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(names(&part).last(), Some(&"content-range"));
    assert_eq!(header(&part, &CONTENT_LENGTH).unwrap(), "500010");
    assert!(part.body.collect().await.unwrap().to_bytes() == content[500_000..1_000_010]);
}

#[tokio::test]
async fn not_modified_has_neither_type_nor_length() {
    let project = Project::new();
    let asset = project.write("a.txt", "hello");
    let etag = header(&project.get(&asset).await.unwrap(), &ETAG).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(IF_NONE_MATCH, etag.parse().unwrap());
    let served = project
        .store
        .serve(&asset, &Method::GET, &headers)
        .await
        .unwrap();
    assert_eq!(served.status, StatusCode::NOT_MODIFIED);
    assert_eq!(
        names(&served),
        ["accept-ranges", "cache-control", "etag", "last-modified"]
    );
    assert!(served.body.is_end_stream());
}

#[tokio::test]
async fn an_empty_file_is_an_empty_answer() {
    let project = Project::new();
    let asset = project.write("a.txt", "");
    let served = project.get(&asset).await.unwrap();
    assert_eq!(header(&served, &CONTENT_LENGTH).unwrap(), "0");
    assert!(served.body.is_end_stream());
}
