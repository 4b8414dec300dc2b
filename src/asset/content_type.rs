//! The content type of an asset, from its name alone.
//!
//! In the cloud the type is fixed at upload: the Toolkit takes it from the file's name with npm
//! `mime-types` (2.1.35), so that package's answer is ours, and `tests/it/asset.rs` compares them.
//! `mime_guess` has most of it; [`CORRECTIONS`] holds the common extensions where the two differ,
//! among them those that `mime-types` does not know, which are downloads in the cloud however
//! readable they are. Rare extensions may still differ.
//!
//! The charset is what Express adds in the local Toolkit, on text, JavaScript and JSON; what the
//! cloud adds is not public (not verified). Looking into files without an extension, as the
//! Toolkit's upload does, was turned down: the local Toolkit does not either.

use http::HeaderValue;
use std::path::Path;

/// For what nobody knows.
const UNKNOWN: &str = "application/octet-stream";

/// Extensions of common files, sorted, with the type that `mime-types` has and `mime_guess` has not.
const CORRECTIONS: &[(&str, &str)] = &[
    ("3mf", "model/3mf"),
    ("aac", "audio/x-aac"),
    ("aif", "audio/x-aiff"),
    ("aifc", "audio/x-aiff"),
    ("aiff", "audio/x-aiff"),
    ("amr", "audio/amr"),
    ("asc", "application/pgp-keys"),
    ("asm", "text/x-asm"),
    ("bas", UNKNOWN),
    ("c", "text/x-c"),
    ("cab", "application/vnd.ms-cab-compressed"),
    ("cc", "text/x-c"),
    ("cdf", "application/x-netcdf"),
    ("cer", "application/pkix-cert"),
    ("cfg", UNKNOWN),
    ("cjs", "application/node"),
    ("class", "application/java-vm"),
    ("cmd", UNKNOWN),
    ("config", UNKNOWN),
    ("cpp", "text/x-c"),
    ("cr2", UNKNOWN),
    ("cs", UNKNOWN),
    ("deb", "application/x-debian-package"),
    ("dmg", "application/x-apple-diskimage"),
    ("dng", UNKNOWN),
    ("docm", "application/vnd.ms-word.document.macroenabled.12"),
    ("dotm", "application/vnd.ms-word.template.macroenabled.12"),
    ("dtd", "application/xml-dtd"),
    ("dwg", "image/vnd.dwg"),
    ("dxf", "image/vnd.dxf"),
    ("emf", "image/emf"),
    ("exe", "application/x-msdos-program"),
    ("flac", "audio/x-flac"),
    ("gsm", UNKNOWN),
    ("h", "text/x-c"),
    ("hpp", UNKNOWN),
    ("ico", "image/vnd.microsoft.icon"),
    ("idl", UNKNOWN),
    ("inc", UNKNOWN),
    ("iso", "application/x-iso9660-image"),
    ("java", "text/x-java-source"),
    ("jfif", UNKNOWN),
    ("js", "application/javascript"),
    ("jsx", "text/jsx"),
    ("jxl", UNKNOWN),
    ("key", "application/vnd.apple.keynote"),
    ("ktx2", "image/ktx2"),
    ("lst", UNKNOWN),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("m4b", UNKNOWN),
    ("m4p", "application/mp4"),
    ("m4r", UNKNOWN),
    ("m4s", "video/iso.segment"),
    ("man", "text/troff"),
    ("manifest", "text/cache-manifest"),
    ("map", "application/json"),
    ("mdx", "text/mdx"),
    ("mht", UNKNOWN),
    ("mhtml", UNKNOWN),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mk", UNKNOWN),
    ("msi", "application/x-msdownload"),
    ("mtl", "model/mtl"),
    ("numbers", "application/vnd.apple.numbers"),
    ("obj", "model/obj"),
    ("osm", "application/vnd.openstreetmap.data+xml"),
    ("otf", "font/otf"),
    ("owl", "application/rdf+xml"),
    ("pages", "application/vnd.apple.pages"),
    ("parquet", UNKNOWN),
    ("pct", "image/x-pict"),
    ("pcx", "image/vnd.zbrush.pcx"),
    ("pfb", "application/x-font-type1"),
    ("pict", UNKNOWN),
    ("pls", "application/pls+xml"),
    (
        "potm",
        "application/vnd.ms-powerpoint.template.macroenabled.12",
    ),
    (
        "ppsm",
        "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
    ),
    (
        "pptm",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    ),
    ("psd", "image/vnd.adobe.photoshop"),
    ("py", UNKNOWN),
    ("rar", "application/vnd.rar"),
    ("reg", UNKNOWN),
    ("resx", UNKNOWN),
    ("rpm", "application/x-redhat-package-manager"),
    ("rs", "application/rls-services+xml"),
    ("s", "text/x-asm"),
    ("settings", UNKNOWN),
    ("sitemap", UNKNOWN),
    ("sln", UNKNOWN),
    ("smi", "application/smil+xml"),
    ("step", UNKNOWN),
    ("stl", "model/stl"),
    ("stp", UNKNOWN),
    ("tgz", UNKNOWN),
    ("toml", "application/toml"),
    ("ts", "video/mp2t"),
    ("ttml", "application/ttml+xml"),
    ("usdz", "model/vnd.usdz+zip"),
    ("user", UNKNOWN),
    ("vb", UNKNOWN),
    ("vcs", "text/x-vcalendar"),
    ("wav", "audio/wave"),
    ("wave", UNKNOWN),
    ("wmf", "image/wmf"),
    ("woff", "font/woff"),
    ("wsdl", "application/wsdl+xml"),
    ("xlf", "application/xliff+xml"),
    (
        "xlsb",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    ),
    ("xlsm", "application/vnd.ms-excel.sheet.macroenabled.12"),
    ("xltm", "application/vnd.ms-excel.template.macroenabled.12"),
    ("xml", "application/xml"),
    ("xsd", "application/xml"),
    ("xsl", "application/xml"),
    ("xslt", "application/xslt+xml"),
    ("yaml", "text/yaml"),
    ("yml", "text/yaml"),
];

/// The value of `content-type` for the file `path`.
pub(super) fn of(path: &Path) -> HeaderValue {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let media_type = media_type(&name);
    if ["text/", "application/javascript", "application/json"]
        .iter()
        .any(|textual| media_type.starts_with(textual))
    {
        HeaderValue::from_str(&format!("{media_type}; charset=UTF-8"))
            .expect("media types are visible ASCII")
    } else {
        HeaderValue::from_static(media_type)
    }
}

/// What follows the last dot decides; a name without one is its own extension, as in npm
/// `mime-types` and in Express (a file called `json` is JSON).
fn media_type(name: &str) -> &'static str {
    let extension = name
        .rsplit_once('.')
        .map_or(name, |(_, extension)| extension)
        .to_lowercase();
    match CORRECTIONS.binary_search_by_key(&extension.as_str(), |(known, _)| known) {
        Ok(at) => CORRECTIONS[at].1,
        Err(_) => mime_guess::from_ext(&extension)
            .first_raw()
            .unwrap_or(UNKNOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_extension_decides_whatever_its_case() {
        for (name, expected) in [
            ("index.html", "text/html; charset=UTF-8"),
            ("INDEX.HTML", "text/html; charset=UTF-8"),
            ("app.min.js", "application/javascript; charset=UTF-8"),
            ("data.json", "application/json; charset=UTF-8"),
            ("hello.mp3", "audio/mpeg"),
            ("noext", "application/octet-stream"),
            ("json", "application/json; charset=UTF-8"),
            ("trailing.", "application/octet-stream"),
            ("reply.twiml", "application/octet-stream"),
            ("é.ünknown", "application/octet-stream"),
        ] {
            assert_eq!(
                of(Path::new("/a.b").join(name).as_path()),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn the_corrections_are_sorted_and_each_is_needed() {
        assert!(CORRECTIONS.is_sorted_by(|(a, _), (b, _)| a < b));
        for (extension, ours) in CORRECTIONS {
            let guess = mime_guess::from_ext(extension).first_raw();
            assert_ne!(guess.unwrap_or(UNKNOWN), *ours, "{extension}");
        }
    }
}
