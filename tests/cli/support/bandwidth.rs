//! A stand-in for Bandwidth's API, and for those of providers that place calls, that accepts only what their
//! references specify.

use std::sync::{Arc, Mutex};

use roxmltree::{Document, Node};

use crate::support::server::{Request, Response, Server, basic};

pub const CLIENT_ID: &str = "CLI-0123456789abcdef";
/// With characters that shells, sed, curl's config and JSON treat as special.
pub const CLIENT_SECRET: &str = "s\"e\\c'r # $HOME `id` %s \\\\ &|t";
pub const ACCOUNT_ID: &str = "9900000";
pub const REALM_ID: &str = "14";
pub const REALM: &str = "vapi-3efeaa.auth.bandwidth.com";

/// A provider that places calls.
pub struct CallProvider {
    host: &'static str,
    path: &'static str,
    /// The account, and what else is in the environment. The last is the secret.
    pub variables: &'static [(&'static str, &'static str)],
    /// The user of Basic authentication; without it, the secret is a Bearer token.
    user: Option<&'static str>,
}

pub const CALL_PROVIDERS: [CallProvider; 3] = [
    CallProvider {
        host: "api.twilio.com",
        path: "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json",
        variables: &[
            ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
            ("TWILIO_API_KEY", "SK0123456789abcdef0123456789abcdef"),
            ("TWILIO_API_SECRET", "t\"w\\i'l $HOME %s io"),
        ],
        user: Some("SK0123456789abcdef0123456789abcdef"),
    },
    CallProvider {
        host: "example.signalwire.com",
        path: "/api/laml/2010-04-01/Accounts/2b0c5a7e/Calls.json",
        variables: &[
            ("SIGNALWIRE_SPACE", "example.signalwire.com"),
            ("SIGNALWIRE_PROJECT_ID", "2b0c5a7e"),
            ("SIGNALWIRE_API_TOKEN", "s\"ign\\al wire"),
        ],
        user: Some("2b0c5a7e"),
    },
    CallProvider {
        host: "api.telnyx.com",
        path: "/v2/texml/Accounts/5f3a4d6b/Calls",
        variables: &[("TELNYX_ACCOUNT_SID", "5f3a4d6b"), ("TELNYX_API_KEY", "KEY_tel\"nyx")],
        user: None,
    },
];

impl CallProvider {
    pub fn secret(&self) -> &'static str {
        self.variables.last().expect("every provider has a secret").1
    }

    /// Returns the header that authenticates a request.
    fn authorization(&self) -> String {
        match self.user {
            Some(user) => basic(user, self.secret()),
            None => format!("Bearer {}", self.secret()),
        }
    }
}

/// A stored credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub id: u32,
    pub username: String,
    pub domain: Option<String>,
    pub hash1: String,
    pub hash1b: String,
    pub app_id: Option<String>,
}

#[derive(Default)]
struct State {
    tokens: Vec<String>,
    credentials: Vec<Stored>,
    refusals: Vec<String>,
    calls: Vec<Request>,
    /// How many more requests that change something are answered, if not all.
    remaining: Option<usize>,
}

/// The server and its state.
pub struct Bandwidth {
    pub server: Server,
    state: Arc<Mutex<State>>,
}

/// Why a request is refused: the status, and a reason for the test's message.
type Refusal = (u16, String);

impl Bandwidth {
    /// Starts a server with these credentials on its realm.
    pub fn start(credentials: Vec<Stored>) -> Self {
        Bandwidth::watched(credentials, || ())
    }

    /// Starts a server that calls `watch` before it answers a request.
    pub fn watched(credentials: Vec<Stored>, watch: impl Fn() + Send + 'static) -> Self {
        let state = Arc::new(Mutex::new(State { credentials, ..State::default() }));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| {
            watch();
            let mut state = shared.lock().expect("no thread panicked");
            state.respond(request).unwrap_or_else(|(status, reason)| {
                state.refusals.push(format!("{}: {status}: {reason}", request.line));
                if request.line.contains("/oauth2/token ") {
                    return Response::json(status, "{\"error\":\"invalid_client\"}");
                }
                // The live form of an error without a number.
                let status_text = format!("<Description>{}</Description>", escape(&reason));
                let body = format!(
                    "{DECLARATION}<SipCredentialsResponse><ResponseStatus>{status_text}\
                     </ResponseStatus></SipCredentialsResponse>"
                );
                Response::xml(status, body)
            })
        });
        Bandwidth { server, state }
    }

    /// Answers this many more requests that change something, and fails after that.
    pub fn interrupt_after(&self, requests: Option<usize>) {
        self.state.lock().expect("no thread panicked").remaining = requests;
    }

    /// Returns the reasons for which requests were refused.
    pub fn refusals(&self) -> Vec<String> {
        self.state.lock().expect("no thread panicked").refusals.clone()
    }

    /// Returns the issued tokens.
    pub fn tokens(&self) -> Vec<String> {
        self.state.lock().expect("no thread panicked").tokens.clone()
    }

    /// Returns the stored credentials.
    pub fn credentials(&self) -> Vec<Stored> {
        self.state.lock().expect("no thread panicked").credentials.clone()
    }

    /// Returns the requests to place a call.
    pub fn calls(&self) -> Vec<Request> {
        self.state.lock().expect("no thread panicked").calls.clone()
    }

    /// Returns the requests to Bandwidth except those for tokens, as `METHOD PATH`.
    pub fn api_requests(&self) -> Vec<String> {
        let requests = self.server.requests().into_iter();
        let requests = requests.filter(|request| request.header("Host") == "api.bandwidth.com");
        let lines = requests.map(|request| request.line.trim_end_matches(" HTTP/1.1").to_owned());
        lines.filter(|line| !line.ends_with("/oauth2/token")).collect()
    }
}

fn require(condition: bool, status: u16, reason: impl Into<String>) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err((status, reason.into())) }
}

impl State {
    fn respond(&mut self, request: &Request) -> Result<Response, Refusal> {
        let words: Vec<_> = request.line.split(' ').collect();
        let [method, path, "HTTP/1.1"] = words[..] else {
            return Err((400, "not a request line".to_owned()));
        };
        match request.header("Host") {
            "api.bandwidth.com" if path == "/api/v1/oauth2/token" => self.token(method, request),
            "api.bandwidth.com" => self.api(method, path, request),
            host => match CALL_PROVIDERS.iter().find(|provider| provider.host == host) {
                Some(provider) => self.call(provider, method, path, request),
                None => Err((404, format!("no such host: {host}"))),
            },
        }
    }

    fn token(&mut self, method: &str, request: &Request) -> Result<Response, Refusal> {
        require(method == "POST", 405, "the method is POST")?;
        let expected = basic(CLIENT_ID, CLIENT_SECRET);
        require(request.header("Authorization") == expected, 401, "not the client's credentials")?;
        let content_type = request.header("Content-Type");
        require(content_type == "application/x-www-form-urlencoded", 415, content_type)?;
        let grant = [("grant_type".to_owned(), b"client_credentials".to_vec())];
        require(request.form() == grant, 400, "not the grant type")?;
        let token = format!("eyJ0b2tlbiI6{}.e30-_", self.tokens.len());
        self.tokens.push(token.clone());
        let body = format!(
            "{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"
        );
        Ok(Response::json(200, body))
    }

    fn api(&mut self, method: &str, path: &str, request: &Request) -> Result<Response, Refusal> {
        let authorization = request.header("Authorization");
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        require(self.tokens.iter().any(|it| it == token), 401, "not a Bearer token of ours")?;
        let account = format!("/api/v2/accounts/{ACCOUNT_ID}");
        let Some(path) = path.strip_prefix(&account) else {
            return Err((404, "not the account's path".to_owned()));
        };
        let list = format!("/realms/{REALM_ID}/sipcredentials");
        let document = || {
            let content_type = request.header("Content-Type");
            require(content_type == "application/xml; charset=utf-8", 415, content_type)?;
            Document::parse(&request.body).map_err(|error| (400, error.to_string()))
        };
        if method == "GET" {
            require(request.body.is_empty(), 400, "unexpected body")?;
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let all = match path {
                "/realms" => vec![REALM_XML.to_owned()],
                path if path == list => self.credentials.iter().map(Stored::xml).collect(),
                _ => return Err((404, "no such resource".to_owned())),
            };
            if query.is_empty() {
                return Ok(Response::see_other(&format!("{account}{path}?page=1&size=500")));
            }
            let page = query.strip_prefix("page=").and_then(|it| it.strip_suffix("&size=500"));
            // Bandwidth's pages have the number of their first entry.
            let first: usize = page
                .and_then(|it| it.parse().ok())
                .filter(|first| *first > 0)
                .ok_or_else(|| (400, format!("not a page: {query}")))?;
            let page: String = all.into_iter().skip(first - 1).take(500).collect();
            let (root, entries) = match path {
                "/realms" => ("RealmsResponse", "Realms"),
                _ => ("SipCredentialsResponse", "SipCredentials"),
            };
            let body = format!("{DECLARATION}<{root}><{entries}>{page}</{entries}></{root}>");
            return Ok(Response::xml(200, body));
        }
        if let Some(remaining) = &mut self.remaining {
            *remaining = remaining.checked_sub(1).ok_or_else(|| (503, "try later".to_owned()))?;
        }
        if (method, path) == ("POST", list.as_str()) {
            return self.create(document()?.root_element());
        }
        let id = path.strip_prefix(&format!("{list}/")).and_then(|id| id.parse().ok());
        let at = self.credentials.iter().position(|stored| Some(stored.id) == id);
        let at = at.ok_or_else(|| (404, "no such resource".to_owned()))?;
        match method {
            "PUT" => self.update(at, document()?.root_element()),
            "DELETE" => {
                require(request.body.is_empty(), 400, "unexpected body")?;
                self.credentials.remove(at);
                Ok(Response::xml(200, ""))
            }
            _ => Err((405, "no such method".to_owned())),
        }
    }

    /// Creates what does not exist, and answers with an error for each of the others.
    fn create(&mut self, root: Node<'_, '_>) -> Result<Response, Refusal> {
        require(root.has_tag_name("SipCredentials"), 400, "not a SipCredentials document")?;
        let (mut created, mut errors) = (String::new(), String::new());
        for entry in root.children().filter(Node::is_element) {
            require(entry.has_tag_name("SipCredential"), 400, "not a SipCredential")?;
            let names = ["UserName", "Domain", "Hash1", "Hash1b", "HttpVoiceV2AppId"];
            let [username, domain, hash1, hash1b, app_id] = fields(entry, names)?;
            let username = username.ok_or_else(|| (400, "23001: no UserName".to_owned()))?;
            let (hash1, hash1b) = (hash(hash1)?, hash(hash1b)?);
            let exists = self.credentials.iter().any(|stored| {
                stored.username.eq_ignore_ascii_case(&username) && stored.domain == domain
            });
            if exists {
                // Bandwidth's own message contains the digests, too, and repeats the credential.
                errors += &format!(
                    "<Error><ErrorCode>23026</ErrorCode><Description>{username} with {hash1} and \
                     {hash1b} exists</Description><SipCredential><UserName>{username}</UserName>\
                     <Hash1>{hash1}</Hash1><Hash1b>{hash1b}</Hash1b></SipCredential></Error>"
                );
                continue;
            }
            let highest = self.credentials.iter().map(|stored| stored.id).max();
            let id = highest.map_or(870_880, |highest| highest + 1);
            let stored = Stored { id, username, domain, hash1, hash1b, app_id };
            created += &stored.xml();
            self.credentials.push(stored);
        }
        require(!created.is_empty() || !errors.is_empty(), 400, "23006: an empty list")?;
        let status = if created.is_empty() { 400 } else { 201 };
        let errors = if errors.is_empty() { errors } else { format!("<Errors>{errors}</Errors>") };
        let body = format!(
            "{DECLARATION}<SipCredentialsResponse><ValidSipCredentials>{created}\
             </ValidSipCredentials>{errors}</SipCredentialsResponse>"
        );
        Ok(Response::xml(status, body))
    }

    fn update(&mut self, at: usize, root: Node<'_, '_>) -> Result<Response, Refusal> {
        require(root.has_tag_name("SipCredential"), 400, "not a SipCredential document")?;
        // Any other element is refused, and so is a UserName (23004, 23030).
        let names = ["Hash1", "Hash1b", "RealmId", "HttpVoiceV2AppId"];
        let [hash1, hash1b, realm_id, app_id] = fields(root, names)?;
        require(realm_id.as_deref() == Some(REALM_ID), 400, "23031: not the realm's id")?;
        let stored = &mut self.credentials[at];
        (stored.hash1, stored.hash1b) = (hash(hash1)?, hash(hash1b)?);
        // Bandwidth does not say whether leaving it out removes it. Here, it stays.
        stored.app_id = app_id.or_else(|| stored.app_id.take());
        let body =
            format!("{DECLARATION}<SipCredentialResponse>{}</SipCredentialResponse>", stored.xml());
        Ok(Response::xml(200, body))
    }

    fn call(
        &mut self,
        provider: &CallProvider,
        method: &str,
        path: &str,
        request: &Request,
    ) -> Result<Response, Refusal> {
        require(method == "POST", 405, "the method is POST")?;
        require(path == provider.path, 404, "not the account's path")?;
        let authorization = request.header("Authorization");
        require(authorization == provider.authorization(), 401, "not the secret")?;
        let content_type = request.header("Content-Type");
        let is_json = content_type == "application/json";
        let is_form = content_type == "application/x-www-form-urlencoded";
        let is_right = if provider.user.is_some() { is_form } else { is_json };
        require(is_right, 415, content_type)?;
        self.calls.push(request.clone());
        Ok(Response::json(201, "{\"sid\":\"CA1\"}"))
    }
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

/// With line breaks, unlike credentials: both forms are valid.
const REALM_XML: &str = "
        <Realm>
            <Id>14</Id>
            <Realm>vapi-3efeaa.auth.bandwidth.com</Realm>
            <Description>a &lt;Realm&gt;</Description>
            <Default>true</Default>
            <SipCredentialCount>2</SipCredentialCount>
            <Status>ACTIVE</Status>
        </Realm>
";

/// Escapes a text for XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

impl Stored {
    fn xml(&self) -> String {
        let element = |name: &str, text: &str| format!("<{name}>{}</{name}>", escape(text));
        let domain = self.domain.as_ref().map(|domain| element("Domain", domain));
        let app_id = self.app_id.as_ref().map(|id| element("HttpVoiceV2AppId", id));
        format!(
            "<SipCredential>{}<RealmId>{REALM_ID}</RealmId>{}{}<Realm>{REALM}</Realm>{}{}{}\
             </SipCredential>",
            element("Id", &self.id.to_string()),
            element("UserName", &self.username),
            domain.unwrap_or_default(),
            element("Hash1", &self.hash1),
            element("Hash1b", &self.hash1b),
            app_id.unwrap_or_default()
        )
    }
}

/// Returns the text of the child elements with these names; refuses any other child.
fn fields<const N: usize>(
    entry: Node<'_, '_>,
    names: [&str; N],
) -> Result<[Option<String>; N], Refusal> {
    for child in entry.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        require(names.contains(&name), 400, format!("unexpected element {name}"))?;
    }
    Ok(names.map(|name| {
        let mut children = entry.children().filter(|child| child.has_tag_name(name));
        children.next().and_then(|child| child.text()).map(str::to_owned)
    }))
}

/// Checks that a hash has the form of a digest.
fn hash(text: Option<String>) -> Result<String, Refusal> {
    let digits = |text: &String| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    text.filter(digits).ok_or_else(|| (400, "1003: not a digest".to_owned()))
}
