use super::*;
use crate::twiml::{Element, Node, Severity};

/// The root, shown as `Name(attribute=value|…)[children]`, a text in quotes.
fn shown(text: &str) -> String {
    fn show(element: &Element) -> String {
        let attributes = element.attributes().iter();
        let attributes: Vec<_> = attributes
            .map(|a| format!("{}={}", a.name(), a.value()))
            .collect();
        let children: Vec<_> = element
            .children()
            .iter()
            .map(|child| match child {
                Node::Element(inner) => show(inner),
                Node::Text(text) => format!("{:?}", text.value()),
                Node::Comment(comment) => format!("#{comment}"),
            })
            .collect();
        format!(
            "{}({})[{}]",
            element.name(),
            attributes.join("|"),
            children.join(" ")
        )
    }
    show(parse(text).expect(text).root())
}

#[test]
fn documents_are_read() {
    for (text, expected) in [
        ("<Response/>", "Response()[]"),
        ("<Response />", "Response()[]"),
        ("<Response></Response>", "Response()[]"),
        ("<Response></Response >", "Response()[]"),
        (
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>",
            "Response()[]",
        ),
        ("<?xml version='1.0'?>\n<Response/>\n", "Response()[]"),
        (
            "<?xml version=\"1.1\" standalone = 'yes' ?><Response/>",
            "Response()[]",
        ),
        ("\n  <Response/>", "Response()[]"),
        (
            "<!-- a - b --><Response/><!-- c --> <?x y?>\n",
            "Response()[]",
        ),
        ("<?xml-stylesheet href='x'?><Response/>", "Response()[]"),
        (
            "<Response><Say>Hi</Say></Response>",
            "Response()[Say()[\"Hi\"]]",
        ),
        (
            "<Response><Say>a<!-- b -->c</Say></Response>",
            "Response()[Say()[\"a\" # b  \"c\"]]",
        ),
        (
            "<Response><Say>a<?b?>c</Say></Response>",
            "Response()[Say()[\"ac\"]]",
        ),
        (
            "<Response>\r\n<A/>\r</Response>",
            "Response()[\"\\n\" A()[] \"\\n\"]",
        ),
        (
            "<Response><A b = 'c' d=\"'\"/></Response>",
            "Response()[A(b=c|d=')[]]",
        ),
        (
            "<Response><A b='\"'\n c='x\r\n\ty'/></Response>",
            "Response()[A(b=\"|c=x  y)[]]",
        ),
        (
            "<Response><A b='&#10;&#9;'/></Response>",
            "Response()[A(b=\n\t)[]]",
        ),
        (
            "<Response>&amp;&lt;&gt;&quot;&apos;</Response>",
            "Response()[\"&<>\\\"'\"]",
        ),
        (
            "<Response>&#65;&#x42;&#x1F600;</Response>",
            "Response()[\"AB😀\"]",
        ),
        (
            "<Response><![CDATA[<b>&amp;]]]]>&gt;</Response>",
            "Response()[\"<b>&amp;]]>\"]",
        ),
        ("<Response><![CDATA[]]></Response>", "Response()[]"),
        (
            "<Response>a<![CDATA[b]]>c</Response>",
            "Response()[\"abc\"]",
        ),
        (
            "<Response>a > b ] ]] ></Response>",
            "Response()[\"a > b ] ]] >\"]",
        ),
        (
            "<Response><Say><ssml:break time='1s'/></Say></Response>",
            "Response()[Say()[ssml:break(time=1s)[]]]",
        ),
        ("<Response><Größe/></Response>", "Response()[Größe()[]]"),
        (
            "<Response xmlns:x='urn:y' x:z='1'/>",
            "Response(xmlns:x=urn:y|x:z=1)[]",
        ),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn faults_tell_place_and_cure() {
    for (text, at, says) in [
        ("", "1:1", "write `<Response/>`"),
        ("  \n ", "2:2", "there is no element"),
        ("Hello", "1:1", "begins with `H`"),
        ("{\"a\":1}", "1:1", "begins with `{`"),
        ("<html></html>", "1:1", "the root is `<html>`"),
        ("<response/>", "1:1", "upper and lower case matter"),
        (
            " <?xml version='1.0'?><Response/>",
            "1:2",
            "must be the very first",
        ),
        (
            "\n<?xml version='1.0'?><Response/>",
            "2:1",
            "must be the very first",
        ),
        (
            "<Response><?xml version='1.0'?></Response>",
            "1:11",
            "must be the very first",
        ),
        ("<?xml?><Response/>", "1:1", "needs `version=\"1.0\"`"),
        (
            "<?xml encoding='UTF-8'?><Response/>",
            "1:7",
            "begins with `version=\"1.0\"`",
        ),
        (
            "<?xml version='2.0'?><Response/>",
            "1:7",
            "version `2.0` is not known",
        ),
        (
            "<?xml version='1.0' encoding='8bit'?><Response/>",
            "1:21",
            "no name of an encoding",
        ),
        (
            "<?xml version='1.0' standalone='maybe'?><Response/>",
            "1:21",
            "`yes` or `no`",
        ),
        (
            "<?xml version='1.0' version='1.0'?><Response/>",
            "1:21",
            "`version` is not expected",
        ),
        (
            "<?xml version='1.0'encoding='UTF-8'?><Response/>",
            "1:20",
            "a space is missing",
        ),
        ("<?xml version='1.0'", "1:1", "has no end"),
        (
            "<?xml version='1.0' x",
            "1:21",
            "the attribute `x` has no value",
        ),
        ("<!DOCTYPE Response><Response/>", "1:1", "`<!DOCTYPE …>`"),
        (
            "<!DOCTYPE r [<!ENTITY a 'b'>]><Response>&a;</Response>",
            "1:1",
            "`<!DOCTYPE …>`",
        ),
        (
            "<Response><!DOCTYPE r></Response>",
            "1:11",
            "`<!DOCTYPE …>`",
        ),
        ("<Response>", "1:1", "`<Response>` is never closed"),
        (
            "<Response><Say>Hi</Response>",
            "1:18",
            "write `</Say>` before it",
        ),
        (
            "<Response><Say>Hi</say></Response>",
            "1:18",
            "write `</Say>`",
        ),
        (
            "<Response>\n  <Say>Hi\n</Response>",
            "3:1",
            "`<Say>` of line 2 is still open",
        ),
        ("<Response/><Response/>", "1:12", "nothing may stand after"),
        ("<Response/>x", "1:12", "nothing may stand after"),
        ("</Response>", "1:1", "`</Response>` ends nothing"),
        ("<Response></></Response>", "1:11", "needs the name"),
        ("<Response></Response", "1:11", "has no end"),
        ("<Response", "1:1", "has no end"),
        ("<Response <Say/>", "1:1", "has no end"),
        (
            "<Response><Say voice=man/></Response>",
            "1:22",
            "must stand in quotes",
        ),
        ("<Response><Say voice/></Response>", "1:16", "has no value"),
        (
            "<Response><Say voice='man/></Response>",
            "1:28",
            "`<` in the value",
        ),
        ("<Response><Say voice='man", "1:16", "has no end"),
        ("<Response><Say a='1' a='2'/></Response>", "1:22", "twice"),
        (
            "<Response><Say a='1'b='2'/></Response>",
            "1:21",
            "is a space missing",
        ),
        (
            "<Response><Say 1='2'/></Response>",
            "1:16",
            "does not begin the name",
        ),
        ("<Response><Say ", "1:11", "has no end"),
        ("<Response>a & b</Response>", "1:13", "`&amp;`"),
        ("<Response>a &amp b</Response>", "1:13", "`&amp;`"),
        (
            "<Response><Play>x?a=1&b=2</Play></Response>",
            "1:22",
            "`&amp;`",
        ),
        (
            "<Response><Dial action='/x?a=1&b=2'/></Response>",
            "1:31",
            "`&amp;`",
        ),
        ("<Response>&nbsp;</Response>", "1:11", "`&#160;`"),
        ("<Response>&#0;</Response>", "1:11", "no character"),
        ("<Response>&#xD800;</Response>", "1:11", "no character"),
        ("<Response>&#x110000;</Response>", "1:11", "no character"),
        (
            "<Response>&#99999999999999;</Response>",
            "1:11",
            "no character",
        ),
        ("<Response>&#X41;</Response>", "1:11", "no character"),
        ("<Response>\u{1}</Response>", "1:11", "U+0001"),
        ("<Response a='\u{0}'/>", "1:14", "U+0000"),
        ("<Response><!-- \u{1F} --></Response>", "1:16", "U+001F"),
        (
            "<Response><![CDATA[\u{FFFF}]]></Response>",
            "1:20",
            "U+FFFF",
        ),
        ("<Response>]]></Response>", "1:11", "`]]&gt;`"),
        ("<Response><![CDATA[x</Response>", "1:11", "`]]>`"),
        ("<Response><!-- a -- b --></Response>", "1:18", "`--`"),
        ("<Response><!-- a </Response>", "1:11", "`-->`"),
        ("<Response><?x </Response>", "1:11", "`?>`"),
        ("<Response>1 < 2</Response>", "1:13", "`&lt;`"),
        ("<Response><1/></Response>", "1:11", "`&lt;`"),
    ] {
        let fault = parse(text).expect_err(text);
        assert_eq!(
            format!("{}:{}", fault.line, fault.column),
            at,
            "{text}: {fault}"
        );
        assert!(fault.text.contains(says), "{text}: {fault}");
        let code = match says.contains("root") || text.starts_with("<response") {
            true => 12102,
            false => 12100,
        };
        assert_eq!(
            (fault.code, fault.severity),
            (Some(code), Severity::Error),
            "{text}"
        );
    }
}

#[test]
fn size_and_depth_have_an_end() {
    let nested = |depth: usize| {
        format!(
            "<Response>{}{}</Response>",
            "<a>".repeat(depth),
            "</a>".repeat(depth)
        )
    };
    assert!(parse(&nested(63)).is_ok());
    let fault = parse(&nested(64)).expect_err("too deep");
    assert!(fault.text.contains("deeper than 64"), "{fault}");
    assert_eq!((fault.code, fault.column), (None, 11 + 3 * 63));
    assert!(parse(&"<a>".repeat(LARGEST / 3)).is_err());

    let filled = |size: usize| format!("<Response>{}</Response>", "x".repeat(size - 21));
    assert!(parse(&filled(LARGEST)).is_ok());
    assert_eq!(
        parse(&filled(LARGEST + 1)).expect_err("too large").code,
        Some(11750)
    );
}

#[test]
fn every_part_knows_its_place() {
    let document = parse("<Response>\n <Say\n  voice='x'>é<Break/></Say></Response>").expect("XML");
    let say = document.root().elements().next().expect("an element");
    assert_eq!(say.at().to_string(), "2:2");
    assert_eq!(
        say.attribute("voice").expect("voice").at().to_string(),
        "3:3"
    );
    assert_eq!(
        say.elements().next().expect("Break").at().to_string(),
        "3:14"
    );
    let Node::Text(text) = &say.children()[0] else {
        panic!("a text is first");
    };
    assert_eq!(text.at().to_string(), "3:13");
    assert_eq!((say.value("voice"), say.value("Voice")), (Some("x"), None));
}

#[test]
fn the_declared_encoding_is_kept() {
    let document = parse("<?xml version='1.0' encoding='ISO-8859-1'?><Response/>").expect("XML");
    assert_eq!(document.encoding(), Some("ISO-8859-1"));
    assert_eq!(parse("<Response/>").expect("XML").encoding(), None);
}

#[test]
fn indented_for_people() {
    for (text, expected) in [
        ("<Response/>", "<Response/>\n"),
        (
            "<?xml version='1.0'?><Response> </Response>",
            "<Response/>\n",
        ),
        (
            "<Response><Gather a='b &amp; \"c\"'><Say>Hi  you</Say></Gather><Hangup/></Response>",
            "<Response>\n  <Gather a=\"b &amp; &quot;c&quot;\">\n    <Say>Hi  you</Say>\n  </Gather>\n  <Hangup/>\n</Response>\n",
        ),
        (
            "<Response><Say> a <b>c</b> </Say><!-- d --></Response>",
            "<Response>\n  <Say> a <b>c</b> </Say>\n  <!-- d -->\n</Response>\n",
        ),
        (
            "<Response>\n\n<A>x\ny</A></Response>",
            "<Response>\n  <A>x\ny</A>\n</Response>\n",
        ),
        ("<Response a='&#10;&#9;'/>", "<Response a=\"&#10;&#9;\"/>\n"),
        (
            "<Response><A>&lt;<![CDATA[>]]></A></Response>",
            "<Response>\n  <A>&lt;&gt;</A>\n</Response>\n",
        ),
    ] {
        let document = parse(text).expect(text);
        assert_eq!(document.to_indented(), expected, "{text}");
        let again = parse(expected).expect(expected).to_indented();
        assert_eq!(again, expected, "{text}");
    }
}
