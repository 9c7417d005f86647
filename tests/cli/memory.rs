//! What is left in memory when the program ends.

use std::fs;
use std::process::Command;

use crate::support::{BWSIP, GUIDE, GUIDE_XML, REALM, directory};

const PASSWORD: &str = "Zq7kXw93LmTtB2pRf8Nd";

/// Hash1 and Hash1b of bob with this password on `REALM`, computed by Python's hashlib.
const BOB: [&str; 2] = ["cd7742db241e438da1f0680eda7b158d", "d3921187a8464e52a710c7d740ad9d55"];

/// Neither in freed memory nor on the stack, where moves and parsers leave copies.
#[test]
#[ignore = "needs gdb: apt-get install gdb"]
fn nothing_secret_is_left() {
    let directory = directory();
    let put = |name: &str, contents: &str| {
        fs::write(directory.path().join(name), contents).expect("the file is written");
    };
    put("password", PASSWORD);
    put("other", "other");
    put("users.csv", &format!("username,password\nbob,\"{PASSWORD}\"\n"));
    let answer = GUIDE_XML.replace("sipauthtest", "bob").replace(GUIDE[0].2, BOB[0]);
    put("answer.xml", &answer.replace(GUIDE[0].3, BOB[1]));
    let of_bob = format!("-u bob -r {REALM} --password-file password");
    let commands = [
        format!("hash {of_bob}"),
        format!("hash {of_bob} -f json"),
        format!("batch users.csv -r {REALM} -f xml"),
        format!("verify {of_bob} --xml answer.xml"),
        format!("verify -u bob -r {REALM} --password-file other --xml answer.xml"),
        format!("call --to +12 {of_bob} --from +13 --url https://example.com/ -f json"),
    ];
    let raw = BOB.map(|digest| hex::decode(digest).expect("hexadecimal digits"));
    let texts = BOB.into_iter().chain([PASSWORD]).map(|text| text.as_bytes().to_vec());
    let secrets: Vec<_> = texts.chain(raw).collect();
    for command in commands {
        let core = directory.path().join("core");
        let output = Command::new("gdb")
            .args(["-batch", "-nx", "-ex", "set use-coredump-filter off"])
            .args(["-ex", "catch syscall exit_group", "-ex", &format!("run {command} > out")])
            .args(["-ex", "generate-core-file core", "-ex", "kill", BWSIP])
            .env_remove("BWSIP_PASSWORD")
            .current_dir(&directory)
            .output()
            .expect("gdb runs");
        let memory = fs::read(&core).unwrap_or_else(|_| panic!("{command}: {output:?}"));
        fs::remove_file(&core).expect("it can be removed");
        let printed = fs::read(directory.path().join("out")).expect("it is written");
        assert!(!printed.is_empty(), "{command}: {output:?}");
        for secret in &secrets {
            let is_left = memory.windows(secret.len()).any(|bytes| bytes == secret);
            assert!(!is_left, "{command}: {}", secret.escape_ascii());
        }
    }
}
