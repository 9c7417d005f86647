//! A real SIP registrar, Kamailio, and a real client, sipsak.

use std::fs;
use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::directory;

/// Kamailio on loopback, stopped when dropped.
pub struct Registrar {
    server: Child,
    port: u16,
    _directory: TempDir,
}

impl Registrar {
    /// Starts Kamailio on a free port, with `users` of (username, Hash1, Hash1b), and waits until it
    /// responds.
    pub fn start(users: &[(&str, &str, &str)]) -> Self {
        let directory = directory();
        let path = directory.path();
        let rows = users.iter().map(|(name, ha1, ha1b)| format!("{name}::{ha1}:{ha1b}\n"));
        let columns = "username(string) password(string,null) ha1(string) ha1b(string)\n";
        let table = columns.to_owned() + &rows.collect::<String>();
        fs::write(path.join("subscriber"), table).expect("the table is written");
        let versions = "table_name(string) table_version(int)\nsubscriber:7\n";
        fs::write(path.join("version"), versions).expect("the table is written");

        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("it has an address").port();
        drop(socket);
        let configuration = CONFIGURATION
            .replace("DIRECTORY", path.to_str().expect("a path in UTF-8"))
            .replace("PORT", &port.to_string());
        fs::write(path.join("kamailio.cfg"), configuration).expect("the configuration is written");

        let log = fs::File::create(path.join("log")).expect("the log is created");
        let server = Command::new("kamailio")
            .args(["-DD", "-E", "-m", "16", "-M", "4", "-f", "kamailio.cfg", "-Y", "."])
            .current_dir(path)
            .stdin(Stdio::null())
            .stderr(log.try_clone().expect("the log can be shared"))
            .stdout(log)
            .spawn()
            .expect("kamailio starts: apt-get install kamailio");
        let mut registrar = Registrar { server, port, _directory: directory };
        registrar.wait();
        registrar
    }

    fn wait(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let to = format!("sip:anyone@127.0.0.1:{}", self.port);
        // OPTIONS; kamailio answers 200.
        while !sipsak(&["-s", &to]).0 {
            let ended = self.server.try_wait().expect("its state is available");
            let log = self._directory.path().join("log");
            let log = || fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < deadline, "kamailio: {}", log());
            sleep(Duration::from_millis(50));
        }
    }

    /// Registers `user` with a login and a password; returns whether it is accepted, and the output of
    /// sipsak.
    pub fn register(&self, user: &str, login: &str, password: &str) -> (bool, String) {
        let to = format!("sip:{user}@127.0.0.1:{}", self.port);
        let contact = "sip:phone@127.0.0.1:5099";
        sipsak(&["-vvv", "-U", "-i", "-s", &to, "-C", contact, "-u", login, "-a", password])
    }
}

impl Drop for Registrar {
    fn drop(&mut self) {
        // On SIGTERM, it ends its child processes, too.
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(self.server.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const CONFIGURATION: &str = r#"
debug=1
log_stderror=yes
children=1
auto_aliases=no
disable_tcp=yes
listen=udp:127.0.0.1:PORT
loadmodule "db_text.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
modparam("auth_db", "db_url", "text://DIRECTORY")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "password_column_2", "ha1b")
modparam("auth_db", "load_credentials", "")
request_route {
    if (method == "OPTIONS") {
        sl_send_reply("200", "OK");
        exit;
    }
    if (!www_authenticate("custxx.auth.bandwidth.com", "subscriber")) {
        www_challenge("custxx.auth.bandwidth.com", "0");
        exit;
    }
    save("location");
}
"#;

fn sipsak(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("sipsak").args(arguments).stdin(Stdio::null()).output();
    let output = output.expect("sipsak runs: apt-get install sipsak");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}
