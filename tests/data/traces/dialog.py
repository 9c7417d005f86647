"""Prints dialog.txt: a REGISTER, an INVITE, its ACK, and a BYE, each of the last two with a qop."""
import hashlib

USERNAME, REALM, PASSWORD = "phone1", "vapi-3efeaa.auth.bandwidth.com", "s3cret-Pa55"
REGISTRAR, CALLED, GATEWAY = f"sip:{REALM}", f"sip:+17778889999@{REALM}", "sip:gw@192.0.2.1:5060"


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def credentials(method, uri, nonce, count=None):
    """Of RFC 2617 section 3.2.2."""
    between = f"{nonce}:{count}:0a4f113b:auth" if count else nonce
    response = md5(f"{md5(f'{USERNAME}:{REALM}:{PASSWORD}')}:{between}:{md5(f'{method}:{uri}')}")
    value = f'Digest username="{USERNAME}", realm="{REALM}", nonce="{nonce}", uri="{uri}", response="{response}"'
    return value + (f', qop=auth, cnonce="0a4f113b", nc={count}' if count else ", algorithm=MD5")


def message(start, number, method, header=None):
    lines = [start, f"From: <sip:{USERNAME}@{REALM}>;tag=af31", f"Call-ID: {number // 10}@192.0.2.10"]
    lines += [f"CSeq: {number} {method}"] + ([header] if header else []) + ["Content-Length: 0", ""]
    return "".join(line + "\r\n" for line in lines)


INVITE = credentials("INVITE", CALLED, "77aa==", "00000001")
BYE = credentials("BYE", GATEWAY, "77aa==", "00000002")
print(
    message(f"REGISTER {REGISTRAR} SIP/2.0", 1, "REGISTER")
    + message("SIP/2.0 401 Unauthorized", 1, "REGISTER", f'WWW-Authenticate: Digest realm="{REALM}", nonce="5f0c"')
    + message(f"REGISTER {REGISTRAR} SIP/2.0", 2, "REGISTER", f"Authorization: {credentials('REGISTER', REGISTRAR, '5f0c')}")
    + message("SIP/2.0 200 OK", 2, "REGISTER")
    + message(f"INVITE {CALLED} SIP/2.0", 10, "INVITE")
    + message("SIP/2.0 407 Proxy Authentication Required", 10, "INVITE", f'Proxy-Authenticate: Digest realm="{REALM}", nonce="77aa==", qop="auth"')
    + message(f"ACK {CALLED} SIP/2.0", 10, "ACK")
    + message(f"INVITE {CALLED} SIP/2.0", 11, "INVITE", f"Proxy-Authorization: {INVITE}")
    + message("SIP/2.0 100 Trying", 11, "INVITE")
    + message("SIP/2.0 200 OK", 11, "INVITE")
    + message(f"ACK {GATEWAY} SIP/2.0", 11, "ACK", f"Proxy-Authorization: {INVITE}")
    + message(f"BYE {GATEWAY} SIP/2.0", 12, "BYE", f"Proxy-Authorization: {BYE}")
    + message("SIP/2.0 200 OK", 12, "BYE"),
    end="",
)
