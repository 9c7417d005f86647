//! The digests and the formats.

use crate::common::{GUIDE, GUIDE_XML, REALM, bwsip, guide_text, hash, text};

const APP_ID: &str = "68092813-741b-4afe-b198-91f425bce81e";

#[test]
fn digests_of_the_guide() {
    for (username, domain, hash1, hash1b) in GUIDE {
        let domain = domain.map_or(vec![], |domain| vec!["--domain", domain]);
        let run = bwsip(["hash", "--username", username, "--realm", REALM]).args(domain);
        assert_eq!(run.with_password().clean(), text(hash1, hash1b));
    }
}

/// The example of RFC 2617 section 3.5, whose H(A1) is well known: a realm with `@`, which only
/// `--lenient` takes.
#[test]
fn digest_of_the_rfc() {
    let run = bwsip(["hash", "-u", "Mufasa", "-r", "testrealm@host.com", "--lenient", "-q"]);
    let printed = run.env("BWSIP_PASSWORD", "Circle Of Life").clean();
    assert!(printed.starts_with("Hash1:  939e7578ed9e3c518a452acee763bce9\n"), "{printed}");
}

#[test]
fn the_colon_of_the_guide_is_never_made() {
    for (username, domain, wrong) in [
        ("sipauthtest", None, "c113e9f640626bc2df49645f051fe745"),
        ("bob", Some("somewhere.com"), "67dc76e0aa0b15040cc4b3d8157f3dd2"),
    ] {
        let domain = domain.map_or(vec![], |domain| vec!["-d", domain]);
        let run = bwsip(["hash", "-u", username, "-r", REALM]).args(domain);
        assert!(!run.with_password().clean().contains(wrong));
    }
}

#[test]
fn xml_is_the_guides_to_the_byte() {
    assert_eq!(hash(["--format", "xml"]).with_password().clean(), GUIDE_XML);
}

#[test]
fn xml_with_everything() {
    let run = bwsip(["hash", "-u", "bob", "-d", "somewhere.com", "-r", REALM, "-f", "xml"]);
    let printed = run.args(["--with-realm", "--app-id", APP_ID]).with_password().clean();
    let expected = "\
<SipCredentials>
    <SipCredential>
        <UserName>bob</UserName>
        <Domain>somewhere.com</Domain>
        <Realm>custxx.auth.bandwidth.com</Realm>
        <Hash1>817d76e91aad032a8c272229f468bfb2</Hash1>
        <Hash1b>39679d2a73c2e1ea719621bc0d8fdac8</Hash1b>
        <HttpVoiceV2AppId>68092813-741b-4afe-b198-91f425bce81e</HttpVoiceV2AppId>
    </SipCredential>
</SipCredentials>
";
    assert_eq!(printed, expected);
}

#[test]
fn update_xml() {
    let update = |more: &[&str]| {
        let arguments = ["-f", "update-xml", "--realm-id", "14"];
        hash(arguments).args(more).with_password().clean()
    };
    let expected = "\
<SipCredential>
    <Hash1>fe438bddfc087dda89d29e637f5684ab</Hash1>
    <Hash1b>79bb0e55551e14a2f329a282c7cf1456</Hash1b>
    <RealmId>14</RealmId>
</SipCredential>
";
    assert_eq!(update(&[]), expected);
    let app = format!("    <HttpVoiceV2AppId>{APP_ID}</HttpVoiceV2AppId>\n</SipCredential>\n");
    assert_eq!(update(&["--app-id", APP_ID]), expected.replace("</SipCredential>\n", &app));
}

#[test]
fn markup_in_a_name_is_escaped() {
    let run = bwsip(["hash", "-u", "r&d", "-d", "a&b", "-r", REALM, "-f", "xml"]);
    let printed = run.with_password().clean();
    assert!(printed.contains("<UserName>r&amp;d</UserName>"), "{printed}");
    assert!(printed.contains("<Domain>a&amp;b</Domain>"), "{printed}");
    let run = bwsip(["hash", "-u", "<i>\"'", "-r", REALM, "-f", "xml", "--lenient", "-q"]);
    let printed = run.with_password().clean();
    assert!(printed.contains("<UserName>&lt;i&gt;&quot;&apos;</UserName>"), "{printed}");
}

#[test]
fn json() {
    let expected = "{\"username\":\"sipauthtest\",\"realm\":\"custxx.auth.bandwidth.com\",\
        \"hash1\":\"fe438bddfc087dda89d29e637f5684ab\",\
        \"hash1b\":\"79bb0e55551e14a2f329a282c7cf1456\"}\n";
    assert_eq!(hash(["-f", "json"]).with_password().clean(), expected);

    let run = bwsip(["hash", "-u", "bob", "-d", "somewhere.com", "-r", REALM, "-f", "json"]);
    let printed = run.args(["--app-id", APP_ID]).with_password().clean();
    let expected = "{\"username\":\"bob\",\"domain\":\"somewhere.com\",\
        \"realm\":\"custxx.auth.bandwidth.com\",\
        \"hash1\":\"817d76e91aad032a8c272229f468bfb2\",\
        \"hash1b\":\"39679d2a73c2e1ea719621bc0d8fdac8\",\
        \"app_id\":\"68092813-741b-4afe-b198-91f425bce81e\"}\n";
    assert_eq!(printed, expected);
}

#[test]
fn env() {
    let expected = "HASH1=fe438bddfc087dda89d29e637f5684ab\n\
        HASH1B=79bb0e55551e14a2f329a282c7cf1456\n";
    assert_eq!(hash(["-f", "env"]).with_password().clean(), expected);
}

#[test]
fn what_a_format_has_no_place_for_is_refused() {
    let cases: [(&str, &[&str], &str); 9] = [
        ("text", &["--app-id", APP_ID], "--app-id: the format text has no place for it"),
        ("env", &["--app-id", APP_ID], "--app-id: the format env"),
        ("text", &["--with-realm"], "--with-realm: the format text"),
        ("json", &["--with-realm"], "--with-realm: the format json"),
        ("update-xml", &["--with-realm", "--realm-id", "1"], "--with-realm: the format update-xml"),
        ("xml", &["--realm-id", "14"], "--realm-id: the format xml"),
        ("update-xml", &[], "--realm-id: the format update-xml needs it"),
        ("xml", &["--generate-password"], "--password-out"),
        ("update-xml", &["--realm-id", "1", "--generate-password"], "--password-out"),
    ];
    for (format, arguments, expected) in cases {
        let message = hash(["-f", format]).args(arguments).with_password().refused();
        assert!(message.contains(expected), "{format} {arguments:?}: {message}");
    }
}

#[test]
fn the_realm_may_come_from_the_environment() {
    let run = || bwsip(["hash", "-u", "sipauthtest"]).with_password();
    assert_eq!(run().env("BWSIP_REALM", REALM).clean(), guide_text());
    let other = run().env("BWSIP_REALM", "other.example.com").args(["-r", REALM]);
    assert_eq!(other.clean(), guide_text());
    assert!(run().refused().contains("--realm or BWSIP_REALM"));
    assert!(run().env("BWSIP_REALM", "").refused().contains("error: BWSIP_REALM: empty"));
    let slip = run().env("BWSIP_REALM", "sip:custxx.auth.bandwidth.com:5006").refused();
    assert!(slip.starts_with("error: BWSIP_REALM: "), "{slip}");
    let help = bwsip(["hash", "--help"]).env("BWSIP_REALM", "other.example.com").clean();
    assert!(help.contains("BWSIP_REALM") && !help.contains("other.example.com"));
}
