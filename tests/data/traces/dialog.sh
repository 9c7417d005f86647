#!/bin/sh
# Writes dialog.txt as captures, and as programs print them; see ../README.md. Run in an empty directory.
set -eu
here=$(dirname "$0")
python3 "$here/dialog.py" >dialog.txt
gzip -nk dialog.txt
# A message for each packet, as text2pcap reads it.
python3 - >dump <<'END'
messages = open("dialog.txt", "rb").read().split(b"\r\n\r\n")[:-1]
for message in (message + b"\r\n\r\n" for message in messages):
    print("I" if message.startswith(b"SIP/2.0") else "O")
    for at in range(0, len(message), 16):
        print(f"{at:06x}", message[at : at + 16].hex(" "))
    print()
END
text2pcap -q -D -4 192.0.2.10,192.0.2.1 -u 5060,5060 dump dialog-udp.pcapng
text2pcap -q -D -4 192.0.2.10,192.0.2.1 -T 5060,5060 -F pcap dump dialog-tcp.pcap
tcpdump -nr dialog-tcp.pcap -A >dialog-tcpdump-A.txt
text2pcap -q -D -4 192.0.2.10,192.0.2.1 -u 5060,5060 -F pcap dump dialog-udp.pcap
ngrep -q -I dialog-udp.pcap >dialog-ngrep.txt
rm dump dialog-udp.pcap
