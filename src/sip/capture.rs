//! Finds the messages in packet captures: UDP datagrams, whose fragments are joined, and TCP streams.

use std::collections::HashMap;

use etherparse::defrag::IpDefragPool;
use etherparse::{
    EtherType, IpNumber, LaxNetSlice, LaxSlicedPacket, SlicedPacket, TcpSlice, TransportSlice,
    UdpSlice,
};
use pcap_parser::pcapng::Block;
use pcap_parser::traits::PcapNGPacketBlock as _;
use pcap_parser::{Linktype, PcapBlockOwned, PcapError, create_reader};

/// What a frame of a capture completes.
pub enum Piece {
    /// The header section of a message, or what was captured of it.
    Message(Vec<u8>),
    /// Something with the word `Authorization` that is not read, and why.
    NotRead(&'static str),
    /// Something that may have messages, and what it is.
    Doubt(&'static str),
}

/// What the files begin with: pcap in either byte order, with micro- or nanoseconds, and pcapng.
const MAGICS: [[u8; 4]; 5] = [
    [0xD4, 0xC3, 0xB2, 0xA1],
    [0xA1, 0xB2, 0xC3, 0xD4],
    [0x4D, 0x3C, 0xB2, 0xA1],
    [0xA1, 0xB2, 0x3C, 0x4D],
    [0x0A, 0x0D, 0x0D, 0x0A],
];

/// The link types, the lengths of their headers, and where in them the EtherType is. Without one, an IP
/// packet follows.
const LINKS: [(Linktype, usize, Option<usize>); 10] = [
    (Linktype::ETHERNET, 14, Some(12)),
    (Linktype::LINUX_SLL, 16, Some(14)),
    (Linktype::LINUX_SLL2, 20, Some(0)),
    (Linktype::NULL, 4, None),
    (Linktype::LOOP, 4, None),
    (Linktype::RAW, 0, None),
    // What BSD and OpenBSD write for it.
    (Linktype(12), 0, None),
    (Linktype(14), 0, None),
    (Linktype::IPV4, 0, None),
    (Linktype::IPV6, 0, None),
];

const CUT: &str = "the capture is damaged or cut from here on: capture it again";

/// Reads a capture; `None` if it is none. Each piece has the number of its frame, from 1.
pub fn read(bytes: &[u8]) -> Option<Vec<(usize, Piece)>> {
    if !MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return None;
    }
    let mut packets = Packets { frame: 1, ..Packets::default() };
    let mut links = vec![];
    // What does not fit into a buffer of more than the file is cut.
    let Ok(mut reader) = create_reader(bytes.len() + 0x1_0000, bytes) else {
        return Some(vec![(1, Piece::Doubt(CUT))]);
    };
    loop {
        let (len, block) = match reader.next() {
            Ok(block) => block,
            Err(PcapError::Eof) => break,
            Err(PcapError::Incomplete(_)) => {
                let _ = reader.refill();
                continue;
            }
            Err(_) => {
                packets.add_unread(reader.data(), CUT);
                break;
            }
        };
        match block {
            PcapBlockOwned::LegacyHeader(it) => links.push(it.network),
            PcapBlockOwned::Legacy(it) => packets.add_frame(links.first(), it.data),
            PcapBlockOwned::NG(Block::SectionHeader(_)) => links.clear(),
            PcapBlockOwned::NG(Block::InterfaceDescription(it)) => links.push(it.linktype),
            PcapBlockOwned::NG(Block::EnhancedPacket(it)) => {
                let link = usize::try_from(it.if_id).ok().and_then(|id| links.get(id));
                packets.add_frame(link, it.packet_data());
            }
            PcapBlockOwned::NG(Block::SimplePacket(it)) => {
                packets.add_frame(links.first(), it.packet_data());
            }
            PcapBlockOwned::NG(_) => {}
        }
        reader.consume(len);
    }
    Some(packets.end())
}

/// The state of reading packets.
#[derive(Default)]
struct Packets {
    /// The number of the current frame, from 1.
    frame: usize,
    pieces: Vec<(usize, Piece)>,
    pool: IpDefragPool,
    /// The fragments of datagrams that are not whole, by addresses and identification.
    fragments: HashMap<Vec<u8>, Vec<(usize, Vec<u8>)>>,
    /// One direction of each TCP connection, by addresses and ports.
    streams: HashMap<Vec<u8>, Vec<Segment>>,
}

/// A segment of a TCP stream.
struct Segment {
    frame: usize,
    /// Its sequence number.
    number: u32,
    bytes: Vec<u8>,
}

impl Packets {
    fn add_frame(&mut self, link: Option<&Linktype>, data: &[u8]) {
        match LINKS.iter().find(|(it, ..)| Some(it) == link) {
            None => self.add_unread(data, "its link type is not supported: capture on Ethernet"),
            Some((_, len, ether_type)) => {
                if self.add_packet(data, *len, *ether_type).is_none() && mentions(data) {
                    self.add_unread(data, "its protocol is not supported: capture UDP or TCP");
                }
            }
        }
        self.frame += 1;
    }

    /// Adds a packet after a header of the link layer. Returns `None` if it is not of UDP or TCP.
    fn add_packet(&mut self, data: &[u8], len: usize, ether_type: Option<usize>) -> Option<()> {
        let (header, data) = data.split_at_checked(len)?;
        let ether_type = match ether_type {
            Some(at) => EtherType(u16::from_be_bytes([header[at], header[at + 1]])),
            None if data.first()? >> 4 == 6 => EtherType::IPV6,
            None => EtherType::IPV4,
        };
        let packet = LaxSlicedPacket::from_ether_type(ether_type, data);
        let (mut key, payload) = match packet.net.as_ref()? {
            LaxNetSlice::Ipv4(it) => (it.header().slice()[12..20].to_vec(), it.payload()),
            LaxNetSlice::Ipv6(it) => (it.header().slice()[8..40].to_vec(), it.payload()),
            LaxNetSlice::Arp(_) => return None,
        };
        if !payload.fragmented {
            return self.add_transport(key, packet.transport.as_ref()?);
        }
        let addresses = key.clone();
        if let Some(LaxNetSlice::Ipv4(it)) = &packet.net {
            key.extend(&it.header().slice()[4..6]);
        }
        let fragment = (self.frame, payload.payload.to_vec());
        self.fragments.entry(key.clone()).or_default().push(fragment);
        let packet = SlicedPacket::from_ether_type(ether_type, data).ok()?;
        if let Ok(Some(whole)) = self.pool.process_sliced_packet(&packet, (), ()) {
            self.fragments.remove(&key);
            let transport = match whole.ip_number {
                IpNumber::UDP => TransportSlice::Udp(UdpSlice::from_slice(&whole.payload).ok()?),
                IpNumber::TCP => TransportSlice::Tcp(TcpSlice::from_slice(&whole.payload).ok()?),
                _ => return None,
            };
            self.add_transport(addresses, &transport)?;
        }
        Some(())
    }

    fn add_transport(&mut self, mut key: Vec<u8>, transport: &TransportSlice<'_>) -> Option<()> {
        match transport {
            TransportSlice::Udp(udp) => self.add_message(self.frame, udp.payload().to_vec()),
            TransportSlice::Tcp(tcp) => {
                // The two ports.
                key.extend(&tcp.slice()[..4]);
                if tcp.syn() {
                    let before = self.streams.insert(key, vec![]);
                    self.add_stream(before.unwrap_or_default());
                } else if !tcp.payload().is_empty() {
                    let (number, bytes) = (tcp.sequence_number(), tcp.payload().to_vec());
                    let segment = Segment { frame: self.frame, number, bytes };
                    self.streams.entry(key).or_default().push(segment);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Adds the messages of a stream: each header section, which ends in an empty line.
    fn add_stream(&mut self, mut segments: Vec<Segment>) {
        let Some(first) = segments.first().map(|segment| segment.number) else { return };
        // The numbers wrap around.
        let offset = |segment: &Segment| i64::from(segment.number.wrapping_sub(first) as i32);
        segments.sort_by_key(offset);
        let mut message = vec![];
        let mut end = offset(&segments[0]);
        let mut frame = 0;
        for segment in segments {
            if offset(&segment) > end {
                // What is between was not captured.
                self.add_message(frame, std::mem::replace(&mut message, "…".into()));
                end = offset(&segment);
            }
            let known = usize::try_from(end - offset(&segment)).unwrap_or_default();
            let Some(new) = segment.bytes.get(known..) else { continue };
            end += i64::try_from(new.len()).unwrap_or_default();
            frame = frame.max(segment.frame);
            let mut from = message.len().saturating_sub(3);
            message.extend(new);
            while let Some(at) = message[from..].windows(4).position(|it| it == b"\r\n\r\n") {
                // A copy, because `split_off` would leave all of the memory to the first part.
                let head: Vec<u8> = message.drain(..from + at + 4).collect();
                // Empty lines keep a connection open.
                if !head.iter().all(u8::is_ascii_whitespace) {
                    self.add_message(frame, head);
                }
                from = 0;
            }
        }
        self.add_message(frame, message);
    }

    fn add_message(&mut self, frame: usize, message: Vec<u8>) {
        let has = |text: &[u8]| message.windows(text.len()).any(|it| it == text);
        if has(b" SIP/2.0\r\n") && !has(b"\r\n\r\n") && !has(b"uthorization: Digest ") {
            let reason = "the headers of the request were not captured whole: capture without a \
                          limit, and its fragments, too";
            self.pieces.push((frame, Piece::NotRead(reason)));
        }
        let piece = match message[..] {
            [0x14..=0x17, 3, 0..=4, ..] => Piece::Doubt(
                "TLS, which is encrypted: log the messages at the client or the server instead",
            ),
            [0x81 | 0x82, 0x80..=0xFF, ..] => Piece::Doubt(
                "WebSocket, whose frames are masked: log the messages at the client or the server \
                 instead",
            ),
            _ => Piece::Message(message),
        };
        self.pieces.push((frame, piece));
    }

    /// Adds what cannot be read.
    fn add_unread(&mut self, data: &[u8], reason: &'static str) {
        let has_word = mentions(data);
        let piece = if has_word { Piece::NotRead(reason) } else { Piece::Doubt(reason) };
        self.pieces.push((self.frame, piece));
    }

    /// Returns the pieces, in the order of their frames.
    fn end(mut self) -> Vec<(usize, Piece)> {
        for (_, stream) in std::mem::take(&mut self.streams) {
            self.add_stream(stream);
        }
        for (frame, fragment) in std::mem::take(&mut self.fragments).into_values().flatten() {
            self.add_message(frame, fragment);
        }
        self.pieces.sort_by_key(|(frame, _)| *frame);
        self.pieces
    }
}

/// Returns true if the bytes contain the name of the header.
fn mentions(data: &[u8]) -> bool {
    data.windows(13).any(|it| it.eq_ignore_ascii_case(b"authorization"))
}

#[cfg(test)]
mod tests;
