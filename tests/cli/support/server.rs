//! An HTTPS server on loopback, for stand-ins of other companies' APIs.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::spawn;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A received request.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// Returns the value of a header, or an empty string if it is missing.
    pub fn header(&self, name: &str) -> &str {
        let is_wanted = |(header, _): &&(String, String)| header.eq_ignore_ascii_case(name);
        let found: Vec<_> = self.headers.iter().filter(is_wanted).collect();
        match found[..] {
            [] => "",
            [(_, value)] => value,
            _ => panic!("{} headers {name}", found.len()),
        }
    }

    /// Returns the form fields of the body, decoded.
    pub fn form(&self) -> Vec<(String, Vec<u8>)> {
        let fields = self.body.split('&').map(|field| field.split_once('=').unwrap_or((field, "")));
        fields.map(|(name, value)| (name.to_owned(), decode_form(value))).collect()
    }
}

/// Decodes application/x-www-form-urlencoded.
fn decode_form(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next().unwrap_or(b'?')).to_digit(16);
                let (high, low) = (digit().expect("a digit"), digit().expect("a digit"));
                u8::try_from(high * 16 + low).expect("two digits")
            }
            byte => byte,
        });
    }
    out
}

/// Returns the `Authorization` header of Basic authentication.
pub fn basic(username: &str, password: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let digit = |at: usize| {
            let index = (bits >> (18 - 6 * at)) as usize & 63;
            if at <= chunk.len() { char::from(DIGITS[index]) } else { '=' }
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    let pair = format!("{username}:{password}");
    format!("Basic {}", pair.as_bytes().chunks(3).flat_map(encode).collect::<String>())
}

#[test]
fn basic_authentication() {
    // RFC 7617, section 2.
    assert_eq!(basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    // As `printf %s 'a:b"\c' | base64` prints it.
    assert_eq!(basic("a", "b\"\\c"), "Basic YTpiIlxj");
}

/// The response to a request.
pub struct Response {
    pub status: u16,
    /// Header lines, each with its line ending.
    pub headers: String,
    pub body: String,
}

impl Response {
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let headers = "Content-Type: application/json\r\n".to_owned();
        Response { status, headers, body: body.into() }
    }

    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        let headers = "Content-Type: application/xml\r\n".to_owned();
        Response { status, headers, body: body.into() }
    }

    /// Redirects to another path with `GET`.
    pub fn see_other(path: &str) -> Self {
        Response { status: 303, headers: format!("Location: {path}\r\n"), body: String::new() }
    }
}

/// A server that keeps the requests it receives. It serves one connection at a time until the tests
/// end. As a proxy, too: whatever host a client wants to be connected to, it is this server.
pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// The names that the certificate is for.
const NAMES: [&str; 6] = [
    "api.bandwidth.com",
    "api.twilio.com",
    "example.signalwire.com",
    "api.telnyx.com",
    "dashboard.bandwidth.com",
    "127.0.0.1",
];

/// The certificate authority in PEM, and a server's configuration with a certificate that it signed.
static TLS: LazyLock<(String, Arc<ServerConfig>)> = LazyLock::new(|| {
    let key = || KeyPair::generate().expect("the system has a random source");
    let params = |names: &[&str]| {
        let names: Vec<_> = names.iter().copied().map(String::from).collect();
        CertificateParams::new(names).expect("the names are valid")
    };
    let mut authority = params(&[]);
    authority.distinguished_name.push(DnType::CommonName, "Stand-in authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = key();
    let pem = authority.self_signed(&authority_key).expect("the key can sign").pem();
    let issuer = Issuer::new(authority, authority_key);
    let mut leaf = params(&NAMES);
    leaf.use_authority_key_identifier_extension = true;
    let leaf_key = key();
    let leaf = leaf.signed_by(&leaf_key, &issuer).expect("it can be signed");
    let leaf_key = PrivateKeyDer::Pkcs8(leaf_key.serialize_der().into());
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![leaf.der().clone()], leaf_key);
    (pem, Arc::new(config.expect("the key fits the certificate")))
});

/// Returns the certificate that clients have to trust, in PEM.
pub fn certificate_authority() -> &'static str {
    &TLS.0
}

impl Server {
    /// Starts a server that answers each request with what `respond` returns.
    pub fn start(respond: impl Fn(&Request) -> Response + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a client connects");
                stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is not zero");
                // If a client disconnects early, for example because it does not trust the
                // certificate, tests notice the missing request.
                let _ = serve(stream, |request| {
                    let response = respond(request);
                    kept.lock().expect("no thread panicked").push(request.clone());
                    response
                });
            }
        });
        Server { port, requests }
    }

    /// Returns the requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no thread panicked").clone()
    }

    /// Returns the only request so far.
    #[track_caller]
    pub fn request(&self) -> Request {
        let requests = self.requests();
        let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
        request.clone()
    }
}

/// Reads one request and writes the response to it.
fn serve(mut stream: TcpStream, respond: impl FnOnce(&Request) -> Response) -> std::io::Result<()> {
    let mut first = [0];
    if stream.peek(&mut first)? == 1 && first == *b"C" {
        // CONNECT, up to the empty line. TLS follows.
        let mut header = Vec::new();
        while !header.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut first)?;
            header.extend(first);
        }
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
    }
    let connection = ServerConnection::new(Arc::clone(&TLS.1)).expect("the configuration is valid");
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut request = Request { line: line.trim_end().to_owned(), headers, body: String::new() };
    let mut body = vec![0; request.header("Content-Length").parse().unwrap_or(0)];
    reader.read_exact(&mut body)?;
    request.body = String::from_utf8(body).expect("UTF-8");
    let Response { status, headers, body } = respond(&request);
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}
