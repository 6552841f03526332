// SPDX-License-Identifier: GPL-2.0
use std::vec;
use std::vec::Vec;

use super::*;
use crate::linux::r#in::{
    IPPROTO_AH, IPPROTO_DSTOPTS, IPPROTO_HOPOPTS, IPPROTO_ROUTING,
};

fn ethernet(tags: &[u16], ethertype: u16) -> Vec<u8> {
    let mut frame = vec![2; 12];
    for tag in tags {
        frame.extend(tag.to_be_bytes());
        frame.extend([0x20, 7]);
    }
    frame.extend(ethertype.to_be_bytes());
    frame
}

/// Makes an IPv4 packet with `options` words of options before the payload.
fn ipv4(protocol: u32, options: u8, payload: &[u8]) -> Vec<u8> {
    let len = 20 + usize::from(options) * 4;
    let mut packet = vec![0; len];
    packet[0] = 0x45 + options;
    packet[2..4].copy_from_slice(&((len + payload.len()) as u16).to_be_bytes());
    packet[8] = 64;
    packet[9] = protocol as u8;
    packet.extend(payload);
    packet
}

fn ipv6(next: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    packet[0] = 0x60;
    packet[4..6].copy_from_slice(&(payload.len() as u16).to_be_bytes());
    packet[6] = next as u8;
    packet.extend(payload);
    packet
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0; 8];
    datagram[2..4].copy_from_slice(&port.to_be_bytes());
    let len = (8 + payload.len()) as u16;
    datagram[4..6].copy_from_slice(&len.to_be_bytes());
    datagram.extend(payload);
    datagram
}

/// Makes extension headers of these types and lengths before the payload.
fn extensions(chain: &[(u32, u8)], last: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (i, (kind, length)) in chain.iter().enumerate() {
        let next = chain.get(i + 1).map_or(last, |(kind, _)| *kind);
        let total = match *kind {
            IPPROTO_FRAGMENT => 8,
            IPPROTO_AH => 8 + 4 * usize::from(*length),
            _ => 8 + 8 * usize::from(*length),
        };
        let start = bytes.len();
        bytes.resize(start + total, 0);
        bytes[start] = next as u8;
        if *kind != IPPROTO_FRAGMENT {
            bytes[start + 1] = *length;
        }
    }
    bytes.extend(payload);
    bytes
}

fn port(data: &[u8]) -> core::result::Result<Option<u16>, Unknown> {
    let found = Headers::parse(data)?.udp(data)?;
    Ok(found.map(|udp| u16::from_be(udp.dest)))
}

fn port_ip(data: &[u8]) -> core::result::Result<Option<u16>, Unknown> {
    let found = Headers::parse_ip(data)?.udp(data)?;
    Ok(found.map(|udp| u16::from_be(udp.dest)))
}

#[test]
fn any_number_of_tags_is_skipped() {
    let packet = ipv4(IPPROTO_UDP, 0, &udp(53, b""));
    for number in 0..400 {
        let tags: Vec<u16> = (0..number)
            .map(|i| {
                if i % 2 == 0 {
                    ETH_P_8021AD
                } else {
                    ETH_P_8021Q
                }
            })
            .collect();
        let mut frame = ethernet(&tags, ETH_P_IP);
        frame.extend(&packet);
        assert_eq!(port(&frame), Ok(Some(53)));
    }
}

#[test]
fn any_number_of_extension_headers_is_skipped() {
    let kinds = [
        IPPROTO_HOPOPTS,
        IPPROTO_DSTOPTS,
        IPPROTO_ROUTING,
        IPPROTO_FRAGMENT,
        IPPROTO_AH,
    ];
    for number in (0..1000).step_by(7) {
        let chain: Vec<_> =
            (0..number).map(|i| (kinds[i % 5], (i % 4) as u8)).collect();
        let first = chain.first().map_or(IPPROTO_UDP, |(kind, _)| *kind);
        let payload = extensions(&chain, IPPROTO_UDP, &udp(53, b"query"));
        let packet = ipv6(first, &payload);
        assert_eq!(port_ip(&packet), Ok(Some(53)));
        let headers = Headers::parse_ip(&packet).unwrap();
        assert_eq!(headers.payload(&packet), Some(&b"query"[..]));
        let seen: Vec<_> = headers
            .extensions(&packet)
            .map(|e| u32::from(e.protocol))
            .collect();
        let wanted: Vec<_> = chain.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(seen, wanted);
    }
}

#[test]
fn truncated_headers_are_unknown() {
    let chain = [(IPPROTO_HOPOPTS, 1), (IPPROTO_DSTOPTS, 2), (IPPROTO_AH, 3)];
    let payload = extensions(&chain, IPPROTO_UDP, &udp(53, b""));
    let mut frame = ethernet(&[ETH_P_8021Q], ETH_P_IPV6);
    frame.extend(ipv6(IPPROTO_HOPOPTS, &payload));
    for len in 0..frame.len() {
        assert_eq!(port(&frame[..len]), Err(Unknown::Truncated), "{len}");
    }
    assert_eq!(port(&frame), Ok(Some(53)));
}

#[test]
fn extension_header_that_is_longer_than_the_packet_is_not_known() {
    let mut packet = ipv6(IPPROTO_DSTOPTS, &udp(53, &[0; 100]));
    packet[40] = IPPROTO_UDP as u8;
    packet[41] = 255;
    assert_eq!(port_ip(&packet), Err(Unknown::Truncated));
    // The bytes after the packet are padding.
    packet.resize(4000, 0);
    assert_eq!(port_ip(&packet), Err(Unknown::Truncated));
}

#[test]
fn fragments_are_known_by_their_first_one() {
    let mut packet = ipv4(IPPROTO_UDP, 2, &udp(53, b"rest"));
    packet[6] = 0x20;
    assert_eq!(port_ip(&packet), Ok(Some(53)));
    packet[7] = 1;
    assert_eq!(port_ip(&packet), Err(Unknown::LaterFragment));

    let chain = [(IPPROTO_FRAGMENT, 0), (IPPROTO_DSTOPTS, 0)];
    let payload = extensions(&chain, IPPROTO_UDP, &udp(53, b"rest"));
    let mut packet = ipv6(IPPROTO_FRAGMENT, &payload);
    packet[43] = 1;
    assert_eq!(port_ip(&packet), Ok(Some(53)));
    packet[43] = 9;
    assert_eq!(port_ip(&packet), Err(Unknown::LaterFragment));
}

#[test]
fn transport_header_in_two_fragments_is_not_known() {
    for len in 0..20 {
        let packet = ipv4(IPPROTO_TCP, 0, &[0; 20][..len]);
        let headers = Headers::parse_ip(&packet).unwrap();
        assert_eq!(headers.tcp(&packet).err(), Some(Unknown::Truncated));
        assert_eq!(headers.udp(&packet).map(|found| found.is_none()), Ok(true));
    }
}

#[test]
fn encrypted_headers_are_unknown() {
    for protocol in [IPPROTO_ESP, IPPROTO_COMP] {
        let packet = ipv4(protocol, 0, &[0; 40]);
        assert_eq!(port_ip(&packet), Err(Unknown::Encrypted));
        let payload = extensions(&[(IPPROTO_DSTOPTS, 0)], protocol, &[0; 40]);
        let packet = ipv6(IPPROTO_DSTOPTS, &payload);
        assert_eq!(port_ip(&packet), Err(Unknown::Encrypted));
    }
}

#[test]
fn authentication_headers_of_ipv4_are_skipped() {
    let chain = [(IPPROTO_AH, 4), (IPPROTO_AH, 1)];
    let payload = extensions(&chain, IPPROTO_UDP, &udp(53, b""));
    assert_eq!(port_ip(&ipv4(IPPROTO_AH, 3, &payload)), Ok(Some(53)));
    // IPv6 extension headers are unknown protocols in IPv4.
    let payload =
        extensions(&[(IPPROTO_DSTOPTS, 0)], IPPROTO_UDP, &udp(53, b""));
    assert_eq!(port_ip(&ipv4(IPPROTO_DSTOPTS, 0, &payload)), Ok(None));
}

#[test]
fn packets_that_the_kernel_drops_have_no_transport_header() {
    let good = ipv4(IPPROTO_UDP, 0, &udp(53, b""));
    for (at, value) in [(0, 0x44), (0, 0x40), (3, 19)] {
        let mut packet = good.clone();
        packet[at] = value;
        assert_eq!(port_ip(&packet), Ok(None));
    }
    let mut frame = ethernet(&[], ETH_P_IP);
    frame.extend(&good);
    frame[14] = 0x65;
    assert_eq!(port(&frame), Ok(None));
    assert!(Headers::parse(&frame).unwrap().ipv4(&frame).is_none());
    frame[12] = 8;
    frame[13] = 6;
    assert_eq!(port(&frame), Ok(None));
}

#[test]
fn tunnels_are_another_protocol_and_parsed_from_their_payload() {
    let inner = ipv6(IPPROTO_UDP, &udp(53, b""));
    let outer = ipv4(41, 1, &inner);
    let headers = Headers::parse_ip(&outer).unwrap();
    let transport = headers.transport.unwrap().unwrap();
    assert_eq!(transport.protocol, 41);
    assert_eq!(headers.udp(&outer).map(|found| found.is_none()), Ok(true));
    assert_eq!(port_ip(&outer[transport.at..]), Ok(Some(53)));
}

#[test]
fn payload_is_within_the_packet_whatever_lengths_say() {
    // The length field of 20 bytes of TCP is 60.
    let mut tcp = [0; 20];
    tcp[12] = 0xf0;
    let packet = ipv4(IPPROTO_TCP, 0, &tcp);
    let headers = Headers::parse_ip(&packet).unwrap();
    assert!(headers.tcp(&packet).unwrap().is_some());
    assert_eq!(headers.payload(&packet), None);
    tcp[12] = 0x40;
    let packet = ipv4(IPPROTO_TCP, 0, &tcp);
    assert_eq!(Headers::parse_ip(&packet).unwrap().payload(&packet), None);

    let mut datagram = udp(53, b"abcdef");
    for (len, payload) in [
        (14, Some(&b"abcdef"[..])),
        (11, Some(&b"abc"[..])),
        (8, Some(&b""[..])),
        (7, None),
        (0, None),
        (200, Some(&b"abcdef"[..])),
    ] {
        datagram[5] = len;
        let mut packet = ipv4(IPPROTO_UDP, 0, &datagram);
        packet.extend(b"padding");
        let headers = Headers::parse_ip(&packet).unwrap();
        assert_eq!(headers.payload(&packet), payload, "{len}");
    }
}

/// No packet makes the parser panic, or return an offset outside of it.
#[test]
fn random_packets_are_parsed_within_their_bounds() {
    let mut state = 0x5eed_u64;
    let mut below = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let kinds = [0, 4, 6, 17, 43, 44, 50, 51, 58, 59, 60, 108, 135];
    let mut found = 0;
    for _ in 0..200_000 {
        let mut data: Vec<u8> =
            (0..below(160)).map(|_| below(256) as u8).collect();
        for byte in &mut data {
            if below(2) == 0 {
                *byte = kinds[below(kinds.len())];
            }
        }
        if let Some(first) = data.first_mut() {
            *first = [0x45, 0x46, 0x60, 0x60, 0x4f][below(5)];
        }
        let Ok(headers) = Headers::parse_ip(&data) else {
            continue;
        };
        assert!(headers.end <= data.len());
        if let Ok(Some(transport)) = headers.transport {
            assert!(transport.at <= headers.end);
            found += 1;
        }
        for extension in headers.extensions(&data) {
            assert!(extension.at + extension.bytes.len() <= headers.end);
        }
        if let Some(payload) = headers.payload(&data) {
            assert!(
                data.as_ptr_range().contains(&payload.as_ptr())
                    || payload.is_empty()
            );
        }
        let _ = headers.is_truncated(&data);
    }
    assert!(found > 1000);
}
