//! An asset of 100 KiB beside Debian's nginx.

use crate::peers;
use crate::project::Project;
use crate::side::Load;
use crate::table::compare;

pub(crate) fn measure() {
    let project = Project::empty();
    project.write("assets/asset.txt", &"0123456789abcdef".repeat(6400));
    project.write("package.json", r#"{"name":"files"}"#);
    let nginx = peers::nginx(&project.folder().join("assets"));
    let ours = peers::switchboard(&project, "/asset.txt");
    for connections in [1, 8, 64] {
        let file = |side| (side, Load::get("/asset.txt"));
        compare("100 KiB", connections, &[file(&nginx), file(&ours)]);
    }
}
