//! A server on loopback that takes one request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::{JoinHandle, spawn};

/// What was sent.
#[derive(Debug)]
pub struct Request {
    /// The request line.
    pub line: String,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// The form fields of the body, decoded.
    pub fn form(&self) -> Vec<(String, Vec<u8>)> {
        let fields = self.body.split('&').map(|field| field.split_once('=').unwrap_or((field, "")));
        fields.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
    }
}

/// application/x-www-form-urlencoded.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(bytes.next().unwrap_or(b'?')).to_digit(16);
                let (high, low) = (digit().expect("a digit"), digit().expect("a digit"));
                (high * 16 + low) as u8
            }
            byte => byte,
        });
    }
    out
}

/// Starts it; it answers 201 with `answer`, as JSON, and gives the request when it is joined.
pub fn take_one(answer: &'static str) -> (SocketAddr, JoinHandle<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let server = spawn(move || {
        let (stream, _) = listener.accept().expect("a client comes");
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        reader.read_line(&mut line).expect("a request line");
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).expect("a header");
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut request =
            Request { line: line.trim_end().to_owned(), headers, body: String::new() };
        let length = request.header("Content-Length").parse().expect("a length");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        request.body = String::from_utf8(body).expect("UTF-8");
        let length = answer.len();
        let head = format!(
            "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        (&stream).write_all((head + answer).as_bytes()).expect("an answer");
        request
    });
    (address, server)
}
