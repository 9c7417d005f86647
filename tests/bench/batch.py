"""What people write in place of `bwsip batch FILE --realm REALM --format xml`."""

import csv
import hashlib
import sys
from xml.sax.saxutils import escape


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def main(path, realm):
    write = sys.stdout.write
    with open(path, newline="", encoding="utf-8") as rows:
        write("<SipCredentials>\n")
        for row in csv.DictReader(rows):
            username, password = row["username"], row["password"]
            write(
                f"    <SipCredential>\n"
                f"        <UserName>{escape(username)}</UserName>\n"
                f"        <Hash1>{md5(f'{username}:{realm}:{password}')}</Hash1>\n"
                f"        <Hash1b>{md5(f'{username}@{realm}:{realm}:{password}')}</Hash1b>\n"
                f"    </SipCredential>\n"
            )
        write("</SipCredentials>\n")


main(*sys.argv[1:])
