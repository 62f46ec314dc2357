//! An archive that holds itself, all the way down.
//!
//! The construction is Russ Cox's ("Zip Files All The Way Down", 2010): a deflate stream of literals and repetitions
//! whose output is the header before it, itself, and the directory behind it. The checksum of the whole stands in the
//! whole; since CRC-32 is linear, it is the solution of 32 equations.

/// Length of every unit of the program: an instruction and what fills it up.
const UNIT: usize = 10;

/// Bits, least significant first, as deflate wants them.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn number(&mut self, value: usize, count: usize) {
        self.0.extend((0..count).map(|bit| value >> bit & 1 == 1));
    }

    /// A Huffman code, most significant bit first.
    fn code(&mut self, value: usize, count: usize) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        self.0.chunks(8).map(byte).collect()
    }

    /// A match, in the fixed code. Lengths up to 114.
    fn copy(&mut self, length: usize, distance: usize) {
        let (code, base, extra) = [(257, 3, 0), (265, 11, 1), (269, 19, 2), (273, 35, 3), (277, 67, 4)]
            .into_iter()
            .rfind(|(_, base, _)| length >= *base)
            .map(|(code, base, extra)| (code + ((length - base) >> extra), base, extra))
            .unwrap();
        assert!(code < 280, "a length of {length} needs another code");
        self.code(code - 256, 7);
        self.number((length - base) & ((1 << extra) - 1), extra);
        let extra = (distance - 1).ilog2() as usize - 1;
        let code = 2 * extra + 2 + (((distance - 1) >> extra) & 1);
        self.code(code, 5);
        self.number((distance - 1) & ((1 << extra) - 1), extra);
    }
}

/// A stored block of `length` bytes, without them.
fn stored(length: usize) -> Vec<u8> {
    let length = length as u16;
    [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat()
}

/// The instruction to output the next bytes of the program.
fn literal(length: usize) -> Vec<u8> {
    [stored(0), stored(length)].concat()
}

/// The instruction to repeat the last bytes of the output.
fn repeat(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.number(0b010, 3);
    bits.copy(length - 4, length);
    bits.copy(4, length);
    bits.code(0, 7);
    // An empty stored block fills up to whole bytes.
    bits.number(0, 3);
    let unit = [bits.bytes(), stored(0).split_off(1)].concat();
    assert_eq!(unit.len(), UNIT);
    unit
}

/// The last instruction: it repeats itself and what is behind it.
fn last(behind: usize) -> Vec<u8> {
    let build = |length: usize| {
        let mut bits = Bits::default();
        bits.number(0b011, 3);
        bits.copy(length, length);
        bits.code(0, 7);
        bits.bytes()
    };
    let length = build(behind).len();
    let unit = build(length + behind);
    assert_eq!(unit.len(), length);
    unit
}

/// The archive, with one entry of this name, which is the archive. The name has one to eleven bytes.
pub fn quine(name: &str) -> Vec<u8> {
    let behind = 46 + name.len() + 22;
    let size = build(name, behind, 0, 0, 0).len();
    let packed = size - 30 - name.len() - behind;
    let with = |crc| build(name, behind, crc, packed as u32, size as u32);
    let bytes = with(fixed_point(|crc| libdeflater::crc32(&with(crc))));
    assert_eq!(bytes.len(), size);
    bytes
}

fn build(name: &str, behind: usize, crc: u32, packed: u32, size: u32) -> Vec<u8> {
    let common = [
        &20_u16.to_le_bytes()[..],
        &[0, 0, 8, 0, 0, 0, 0x21, 0x58],
        &crc.to_le_bytes(),
        &packed.to_le_bytes(),
        &size.to_le_bytes(),
        &(name.len() as u16).to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    let head = [&b"PK\x03\x04"[..], &common, name.as_bytes()].concat();
    let directory = [&b"PK\x01\x02\x14\x00"[..], &common, &[0; 14], name.as_bytes()].concat();
    let at = size.wrapping_sub(behind as u32);
    let end =
        [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &(directory.len() as u32).to_le_bytes(), &at.to_le_bytes(), &[0, 0]];
    let tail = [directory, end.concat()].concat();
    assert_eq!(tail.len(), behind);

    let (one, four) = (literal(UNIT), literal(4 * UNIT));
    let whole = repeat(head.len() + UNIT);
    let again = repeat(4 * UNIT);
    let finish = last(behind);
    let (first, none, rest) = (literal(head.len() + UNIT), literal(0), literal(finish.len() + behind));
    let program = [
        &head, &first, // executed by every reader: the header is not part of the stream
        &head, &first, &whole, //
        &one, &whole, //
        &one, &one, //
        &four, &whole, &one, &one, &four,  //
        &again, //
        &four, &again, &four, &again, &four,  //
        &again, //
        &four, &again, &none, &none, &rest,  //
        &again, //
        &none, &none, &rest, &finish, &tail, //
        &finish, &tail,
    ];
    program.into_iter().flatten().copied().collect()
}

/// The checksum `c` with `checksum(c) == c`, for a function that is linear but for a constant.
fn fixed_point(checksum: impl Fn(u32) -> u32) -> u32 {
    let constant = checksum(0);
    // One equation a bit of the result: which bits of `c` it depends on, and the constant.
    let columns: Vec<u32> = (0..32).map(|bit| checksum(1 << bit) ^ constant ^ 1 << bit).collect();
    let row = |bit: usize| {
        let depends = columns.iter().enumerate().map(|(n, column)| u64::from(column >> bit & 1) << n);
        depends.fold(0, |row, bit| row | bit) | u64::from(constant >> bit & 1) << 32
    };
    let mut rows: Vec<u64> = (0..32).map(row).collect();
    for bit in 0..32 {
        let pivot = (bit..32).find(|n| rows[*n] >> bit & 1 == 1).expect("the equations can be solved for this name");
        rows.swap(bit, pivot);
        for other in (0..32).filter(|other| *other != bit) {
            if rows[other] >> bit & 1 == 1 {
                rows[other] ^= rows[bit];
            }
        }
    }
    rows.iter().enumerate().fold(0, |solution, (bit, row)| solution | ((row >> 32) as u32 & 1) << bit)
}

#[test]
fn the_archive_holds_itself() {
    use std::io::Read as _;
    let bytes = quine("r.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let mut inner = Vec::new();
    archive.by_name("r.zip").unwrap().read_to_end(&mut inner).unwrap();
    assert_eq!(inner, bytes);
}
