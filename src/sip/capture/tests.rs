use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::sip::{Authorization, Place, Trace};

/// The messages of tests/data/traces/dialog.py.
const DIALOG: &str = include_str!("../../../tests/data/traces/dialog.txt");
/// What is found in them as a text.
fn of_text() -> Vec<(String, Option<Authorization>, Option<u16>)> {
    found(&Trace::read(DIALOG.as_bytes()))
}

fn found(trace: &Trace) -> Vec<(String, Option<Authorization>, Option<u16>)> {
    let requests = trace.requests.iter().map(|it| {
        let status = it.answer.as_ref().map(|it| it.status);
        (it.method.clone(), it.authorization.clone().ok(), status)
    });
    requests.collect()
}

/// The messages, and whether the client sends them.
fn messages() -> Vec<(bool, &'static [u8])> {
    let messages = DIALOG.split_inclusive("\r\n\r\n");
    messages.map(|it| (!it.starts_with("SIP/2.0"), it.as_bytes())).collect()
}

/// An IPv4 packet (RFC 791) between the client and the server.
fn ipv4(from_client: bool, protocol: u8, id: u16, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(20 + payload.len()).expect("it is short");
    let [id, fragment, len] = [id, fragment, len].map(u16::to_be_bytes);
    let (client, server) = ([192, 0, 2, 10], [192, 0, 2, 1]);
    let (from, to) = if from_client { (client, server) } else { (server, client) };
    [&[0x45, 0][..], &len, &id, &fragment, &[64, protocol, 0, 0], &from, &to, payload].concat()
}

/// A UDP datagram (RFC 768).
fn udp(payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(8 + payload.len()).expect("it is short").to_be_bytes();
    [&[0x13, 0xC4, 0x13, 0xC4][..], &len, &[0, 0], payload].concat()
}

/// A TCP segment (RFC 9293).
fn tcp(number: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let number = number.to_be_bytes();
    let rest = [0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0];
    [&[0x13, 0xC4, 0x13, 0xC4][..], &number, &rest, payload].concat()
}

fn datagrams() -> Vec<Vec<u8>> {
    messages().iter().map(|(from_client, it)| ipv4(*from_client, 17, 1, 0, &udp(it))).collect()
}

fn ethernet(packet: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0][..], packet].concat()
}

/// A pcap file with these frames.
fn pcap(link: u32, frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut file = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
    file.extend(link.to_le_bytes());
    for frame in frames {
        let len = u32::try_from(frame.len()).expect("it is short").to_le_bytes();
        file.extend([&[0; 8][..], &len, &len, &frame].concat());
    }
    file
}

/// A big-endian pcapng file with these frames.
fn pcapng(link: u16, frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let block = |kind: u32, content: &[u8]| {
        let padding = vec![0; content.len().next_multiple_of(4) - content.len()];
        let len = u32::try_from(12 + content.len() + padding.len()).expect("it is short");
        [&kind.to_be_bytes(), &len.to_be_bytes()[..], content, &padding, &len.to_be_bytes()]
            .concat()
    };
    let section = [&[0x1A, 0x2B, 0x3C, 0x4D, 0, 1, 0, 0][..], &[0xFF; 8]].concat();
    let interface = [&link.to_be_bytes()[..], &[0; 6]].concat();
    let mut file = block(0x0A0D_0D0A, &section);
    file.extend(block(1, &interface));
    for frame in frames {
        let len = u32::try_from(frame.len()).expect("it is short").to_be_bytes();
        file.extend(block(6, &[&[0; 12][..], &len, &len, &frame].concat()));
    }
    file
}

#[track_caller]
fn assert_is_dialog(file: &[u8], frames: [usize; 3]) {
    let trace = Trace::read(file);
    assert_eq!(found(&trace), of_text());
    let places: Vec<_> = trace.requests.iter().map(|it| it.place).collect();
    assert_eq!(places, frames.map(Place::Frame));
    assert_eq!((trace.challenges, &trace.not_read[..]), (2, &[][..]));
}

#[test]
fn link_types() {
    let vlan = |tags: &[u8]| {
        let tags = tags.to_vec();
        move |it: Vec<u8>| [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &tags, &[8, 0], &it].concat()
    };
    let before = |header: &[u8]| {
        let header = header.to_vec();
        move |it: Vec<u8>| [&header[..], &it].concat()
    };
    let sll = [0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0];
    let sll2 = [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0];
    type Frame = Box<dyn Fn(Vec<u8>) -> Vec<u8>>;
    let links: [(u16, Frame); 8] = [
        (1, Box::new(|it| ethernet(&it))),
        (1, Box::new(vlan(&[0x81, 0, 0, 7]))),
        (1, Box::new(vlan(&[0x88, 0xA8, 0, 7, 0x81, 0, 0, 8]))),
        (113, Box::new(before(&sll))),
        (276, Box::new(before(&sll2))),
        (0, Box::new(before(&[2, 0, 0, 0]))),
        (101, Box::new(before(&[]))),
        (228, Box::new(before(&[]))),
    ];
    for (link, frame) in links {
        let frames = || datagrams().into_iter().map(&frame);
        assert_is_dialog(&pcap(link.into(), frames()), [3, 8, 12]);
        assert_is_dialog(&pcapng(link, frames()), [3, 8, 12]);
    }
}

/// In either order, and captured twice, as on the interface `any`.
#[test]
fn fragments_are_joined() {
    let fragments = |from_client, id, message: &[u8]| {
        let datagram = udp(message);
        let last = datagram.len().div_ceil(160) - 1;
        let fragment = |(index, it): (usize, &[u8])| {
            let more = if index == last { 0 } else { 0x2000 };
            let offset = u16::try_from(index * 160 / 8).expect("it is short");
            ethernet(&ipv4(from_client, 17, id, more | offset, it))
        };
        datagram.chunks(160).enumerate().map(fragment).collect::<Vec<_>>()
    };
    let frames = |change: fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>| {
        let messages = (1..).zip(messages());
        messages.flat_map(move |(id, (from_client, it))| change(fragments(from_client, id, it)))
    };
    let counts: Vec<_> = messages().iter().map(|(_, it)| udp(it).len().div_ceil(160)).collect();
    let completed = |number: usize| counts[..number].iter().sum::<usize>();
    let places = [3, 8, 12].map(completed);
    assert_is_dialog(&pcap(1, frames(|it| it)), places);
    assert_is_dialog(&pcap(1, frames(|it| it.into_iter().rev().collect())), places);
    let twice = Trace::read(&pcap(
        1,
        frames(|it| it.into_iter().flat_map(|it| [it.clone(), it]).collect()),
    ));
    assert_eq!(found(&twice), of_text());
    // A filter such as `port 5060` captures the first fragments alone.
    let first = Trace::read(&pcap(1, frames(|it| it.into_iter().take(1).collect())));
    let reason = "the headers of the request were not captured whole: ";
    assert!(first.requests.is_empty() && first.not_read.len() == 7, "{first:?}");
    assert!(first.not_read.iter().all(|it| it.reason.starts_with(reason)), "{first:?}");
}

/// Segments as a sender cuts them, retransmitted and out of order; the sequence numbers wrap around.
#[test]
fn streams_are_joined() {
    for (size, start) in [(1, 7_u32), (50, u32::MAX - 900), (200, 0x7FFF_FF00), (10_000, 1)] {
        let mut next = [start; 2];
        let mut frames = vec![];
        for side in [true, false] {
            frames.push(ethernet(&ipv4(side, 6, 1, 0, &tcp(start.wrapping_sub(1), 2, b""))));
        }
        for (from_client, message) in messages() {
            let mut segments = vec![];
            for bytes in message.chunks(size) {
                let number = &mut next[usize::from(from_client)];
                segments.push(ethernet(&ipv4(from_client, 6, 1, 0, &tcp(*number, 0x18, bytes))));
                *number = number.wrapping_add(u32::try_from(bytes.len()).expect("it is short"));
            }
            segments.reverse();
            segments.extend(segments.last().cloned());
            frames.extend(segments);
        }
        let trace = Trace::read(&pcapng(1, frames.clone()));
        assert_eq!(found(&trace), of_text(), "{size}");
        // From the middle of the connection on.
        let trace = Trace::read(&pcap(1, frames.into_iter().skip(2)));
        assert_eq!(found(&trace), of_text(), "{size}");
    }
}

#[test]
fn a_missing_segment_cuts_a_message() {
    let invite = messages()[7].1;
    for from in 1..invite.len() - 100 {
        let to = from + 1;
        let segments = [(0, &invite[..from]), (to, &invite[to..])];
        let frames = segments.map(|(at, bytes)| {
            ethernet(&ipv4(
                true,
                6,
                1,
                0,
                &tcp(u32::try_from(at).expect("it is short"), 0x18, bytes),
            ))
        });
        let trace = Trace::read(&pcap(1, frames));
        let is_unreadable = trace.requests.iter().any(|it| it.authorization.is_err());
        let is_whole = trace.requests.iter().any(|it| it.authorization.is_ok());
        assert!(is_whole || is_unreadable || !trace.not_read.is_empty(), "{from}: {trace:?}");
        // Without the start line and the CSeq, the method is not known.
        let (method, authorization, _) = &of_text()[1];
        let is_right = |(other, header, _): &(String, Option<Authorization>, Option<u16>)| {
            header.is_none() || header == authorization && (other.is_empty() || other == method)
        };
        assert!(found(&trace).iter().all(is_right), "{from}: {trace:?}");
    }
}

/// What a capture has but nobody can read is named.
#[test]
fn what_cannot_be_read() {
    let stream = |bytes: &[u8]| pcap(1, [ethernet(&ipv4(true, 6, 1, 0, &tcp(1, 0x18, bytes)))]);
    let invite = messages()[7].1;
    let gre = ethernet(&ipv4(true, 47, 1, 0, &[&[0, 0, 8, 0][..], &datagrams()[7]].concat()));
    let mut cut = pcap(1, datagrams().iter().map(|it| ethernet(it)));
    cut.truncate(cut.len() - 800);
    let cases = [
        (stream(&[0x16, 3, 1, 0, 5, 1]), 1, "TLS, which is encrypted"),
        (stream(&[0x81, 0xFE, 1, 0, 5, 1]), 1, "WebSocket, whose frames are masked"),
        (pcap(147, [invite.to_vec()]), 1, "its link type is not supported"),
        (pcap(1, [ethernet(&datagrams()[0]), gre]), 2, "its protocol is not supported"),
        (pcap(1, [])[..20].to_vec(), 1, "the capture is damaged or cut"),
    ];
    for (file, frame, reason) in cases {
        let trace = Trace::read(&file);
        assert_eq!(trace.requests, [], "{reason}");
        let [not_read] = &trace.not_read[..] else { panic!("{reason}: {trace:?}") };
        assert_eq!(not_read.place, Place::Frame(frame));
        assert!(not_read.reason.starts_with(reason), "{not_read:?}");
    }
    // Also if there are other requests.
    let trace = Trace::read(&cut);
    assert_eq!(trace.requests.len(), 2);
    assert_eq!(trace.not_read[0].place, Place::Frame(11), "{trace:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>, link in 0..300_u16, magic in 0..5_usize) {
        let _ = Trace::read(&[&super::MAGICS[magic][..], &bytes].concat());
        let _ = Trace::read(&pcap(link.into(), [bytes.clone(), ethernet(&bytes)]));
        let _ = Trace::read(&pcapng(link, [bytes.clone(), ethernet(&ipv4(true, 6, 1, 0x2000, &bytes))]));
    }

    /// Of a damaged capture, too, nothing is read that is not in it.
    #[test]
    fn damaged_captures(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9)) {
        let mut file = pcapng(1, datagrams().iter().map(|it| ethernet(it)));
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        prop_assert!(Trace::read(&file).requests.len() <= 4);
    }
}
