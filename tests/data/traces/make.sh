#!/bin/sh
# Makes the traces in this directory; see ../README.md. Run in an empty directory, as root.
set -eu
if [ "${1-}" != inside ]; then
    exec unshare --net --uts "$0" inside
fi
hostname registrar
ip link set lo up
ip address add 192.0.2.1/24 dev lo
ip address add 192.0.2.10/24 dev lo

REALM=custxx.auth.bandwidth.com
cat >subscriber <<END
username(string) password(string,null) ha1(string) ha1b(string)
sipauthtest::fe438bddfc087dda89d29e637f5684ab:79bb0e55551e14a2f329a282c7cf1456
END
printf 'table_name(string) table_version(int)\nsubscriber:7\n' >version
cat >kamailio.cfg <<END
debug=2
log_stderror=yes
children=1
auto_aliases=no
disable_tcp=yes
server_signature=no
listen=udp:192.0.2.1:5060
loadmodule "db_text.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "auth_db.so"
modparam("auth_db", "db_url", "text://$PWD")
modparam("auth_db", "calculate_ha1", 0)
modparam("auth_db", "password_column", "ha1")
modparam("auth_db", "password_column_2", "ha1b")
modparam("auth_db", "load_credentials", "")
request_route {
    if (method == "ACK") {
        exit;
    }
    if (\$sp == 5072) {
        xlog("L_INFO", "\$mb");
    }
    if (method == "INVITE") {
        if (!proxy_authenticate("$REALM", "subscriber")) {
            proxy_challenge("$REALM", "1");
            exit;
        }
        sl_send_reply("486", "Busy Here");
        exit;
    }
    if (!www_authenticate("$REALM", "subscriber")) {
        if (\$retcode == -2) {
            sl_send_reply("403", "Forbidden");
            exit;
        }
        www_challenge("$REALM", "0");
        exit;
    }
    save("location");
}
END
kamailio -DD -E -m 16 -M 4 -f kamailio.cfg -Y . >log 2>&1 &
KAMAILIO=$!
sngrep -N -q -d lo -O all.pcap port 5060 >/dev/null &
SNGREP=$!
sleep 3

# Runs a client that registers, and then runs COMMAND.
client() { # PORT LOGIN PASSWORD [COMMAND]
    mkdir -p client
    cat >client/config <<END
poll_method epoll
sip_listen 192.0.2.10:$1
net_interface lo
audio_player ausine,
audio_source ausine,440
audio_alert ausine,440
module_path /usr/lib/baresip/modules
module g711.so
module ausine.so
module_tmp account.so
module_app menu.so
END
    printf '<sip:sipauthtest@%s>;auth_user=%s;auth_pass=%s;outbound="sip:192.0.2.1:5060";regint=60\n' \
        "$REALM" "$2" "$3" >client/accounts
    timeout -s KILL 2 baresip -4 -f client ${4:+-e "$4"} >/dev/null 2>&1 || true
}
client 5070 sipauthtest password "/dial sip:+17778889999@$REALM"
client 5071 "sipauthtest@$REALM" password
client 5072 sipauthtest Password

sngrep -N -q -d lo -O sngrep.pcap port 5060 >/dev/null &
SNGREP="$SNGREP $!"
sleep 2
sipsak -H 192.0.2.10 -U -i -s sip:sipauthtest@192.0.2.1:5060 -C sip:phone@192.0.2.10:5099 \
    -u sipauthtest -a password
sleep 2
kill -INT $SNGREP
kill $KAMAILIO
wait $SNGREP $KAMAILIO || true

# Saves all.pcap as .txt from within sngrep (F2).
tmux -L sngrep -f /dev/null new-session -d -x 160 -y 50 'sngrep -F -I all.pcap'
sleep 2
for KEYS in F2 sngrep Tab Tab Down Down Space Tab Space Enter; do
    tmux -L sngrep send-keys $KEYS
    sleep 0.5
done
tmux -L sngrep kill-server

tshark -r all.pcap -O sip -Y 'sip.Proxy-Authenticate || sip.Proxy-Authorization' >wireshark-details.txt
tshark -r all.pcap -q -z follow,udp,ascii,192.0.2.10:5071,192.0.2.1:5060 >wireshark-follow.txt
ngrep -q -W byline -I all.pcap '' port 5072 >ngrep.txt
sed -n '/<script>/,$p' log | sed '/handle_sigs/,$d' >kamailio.txt
rm -r all.pcap client kamailio.cfg log subscriber version
