//! The first literals of a deflate stream, without an inflater: only what the header of its first block says is decoded, and
//! as many codes as somebody wants to see.

use std::ops::ControlFlow;

/// Reads bits from the low end, as deflate packs them.
#[derive(Clone, Copy)]
struct Bits<'a> {
    rest: &'a [u8],
    hold: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, hold: 0, count: 0 }
    }

    /// Has at least `n` bits at hand, at most 56, or all that there are.
    #[inline(always)]
    fn refill(&mut self, n: u32) {
        if self.count >= n {
            return;
        }
        if let Some((next, _)) = self.rest.split_first_chunk::<8>() {
            let taken = (63 - self.count) / 8;
            self.hold |= u64::from_le_bytes(*next) << self.count;
            self.rest = self.rest.get(taken as usize..).unwrap_or_default();
            self.count += taken * 8;
            // Bits of a byte that is not taken would be there twice.
            self.hold &= (1 << self.count) - 1;
            return;
        }
        while self.count < n {
            let Some((&byte, rest)) = self.rest.split_first() else { return };
            self.rest = rest;
            self.hold |= u64::from(byte) << self.count;
            self.count += 8;
        }
    }

    /// The next `n` bits that are at hand, without taking them; zeros behind the end.
    #[inline(always)]
    fn peek(&self, n: u32) -> usize {
        (self.hold & ((1 << n) - 1)) as usize
    }

    /// Leaves out `n` bits that are at hand.
    #[inline(always)]
    fn skip(&mut self, n: u32) -> Option<()> {
        self.count = self.count.checked_sub(n)?;
        self.hold >>= n;
        Some(())
    }

    #[inline(always)]
    fn take(&mut self, n: u32) -> Option<usize> {
        self.refill(n);
        let value = self.peek(n);
        self.skip(n)?;
        Some(value)
    }
}

/// The order in which the lengths of the codes of lengths are given.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/// Most bits of a code of the lengths of codes.
const LENGTH_CODE_BITS: u32 = 7;
/// The first of the symbols that are no lengths but say that one is repeated.
const REPEATED: u8 = 16;
/// What is no symbol.
const NO_SYMBOL: u8 = 31;
/// Most bits of a code.
const MAX_CODE_BITS: usize = 15;
/// More literals and lengths than a header can give codes for.
const MAX_LITERALS: usize = 320;
const END_OF_BLOCK: usize = 256;

/// Hands the literals that the first block begins with to `look` until that breaks. `None` where something else comes before
/// that, or where the bytes end.
pub(super) fn first_literals(packed: &[u8], look: &mut impl FnMut(u8) -> ControlFlow<()>) -> Option<()> {
    let mut bits = Bits::new(packed);
    bits.take(1)?;
    match bits.take(2)? {
        0 => {
            let [low, high] = *packed.get(1..3)? else { return None };
            let stored = packed.get(5..)?.iter().take(usize::from(u16::from_le_bytes([low, high])));
            stored.copied().try_for_each(look).break_value()
        }
        1 => while_literal(&mut bits, look, fixed),
        2 => dynamic(&mut bits, look),
        // No stream begins like this.
        _ => None,
    }
}

/// Decodes symbols until one is no literal or `look` breaks.
fn while_literal<'b>(
    bits: &mut Bits<'b>,
    look: &mut impl FnMut(u8) -> ControlFlow<()>,
    decode: impl Fn(&mut Bits<'b>) -> Option<usize>,
) -> Option<()> {
    loop {
        let literal = u8::try_from(decode(bits)?).ok()?;
        if look(literal).is_break() {
            return Some(());
        }
    }
}

/// The next symbol in the fixed code, whose codes come with the highest bit first.
fn fixed(bits: &mut Bits) -> Option<usize> {
    let mut code = 0;
    for _ in 0..7 {
        code = code << 1 | bits.take(1)?;
    }
    if code < 0x18 {
        return Some(END_OF_BLOCK + code);
    }
    code = code << 1 | bits.take(1)?;
    match code {
        0x30..0xc0 => Some(code - 0x30),
        0xc0..0xc8 => Some(280 + code - 0xc0),
        _ => Some(144 + (code << 1 | bits.take(1)?) - 0x190),
    }
}

fn dynamic(from: &mut Bits, look: &mut impl FnMut(u8) -> ControlFlow<()>) -> Option<()> {
    // A copy of its own, which nothing else can reach, stays in registers.
    let mut bits = *from;
    let literals = bits.take(5)? + 257;
    let all = literals + bits.take(5)? + 1;
    let coded = bits.take(4)? + 4;
    // For each length of a code the symbols that have one of it, as bits.
    let mut coded_as = [0_u32; 1 << 3];
    for &symbol in ORDER.iter().take(coded) {
        *coded_as.get_mut(bits.take(3)?)? |= 1 << symbol;
    }
    let table = length_table(&coded_as)?;
    // The length of the code of each literal, and how many have a code of each length.
    let mut sizes = [0_u8; MAX_LITERALS];
    let mut counts = [0_u32; MAX_CODE_BITS + 1];
    let (mut at, mut size) = (0, 0);
    while at < literals {
        let symbol = next_length(&mut bits, &table)?;
        if symbol < REPEATED {
            size = symbol;
            *sizes.get_mut(at)? = size;
            *counts.get_mut(usize::from(size))? += 1;
            at += 1;
            continue;
        }
        // The first has nothing to repeat.
        let before = (at > 0).then_some(size);
        let repeat = repetition(&mut bits, symbol, before, &mut size)?;
        let end = (at + repeat).min(literals);
        if size > 0 {
            sizes.get_mut(at..end)?.fill(size);
        }
        *counts.get_mut(usize::from(size))? += (end - at) as u32;
        at += repeat;
    }
    // The lengths of the codes of distances, to know where they end.
    while at < all {
        let symbol = next_length(&mut bits, &table)?;
        at += if symbol < REPEATED { 1 } else { repetition(&mut bits, symbol, Some(0), &mut size)? };
    }
    if at > all {
        return None;
    }
    *from = bits;
    while_literal(from, look, |bits| next_symbol(bits, &sizes, &counts))
}

/// The next length of a code, or one of the symbols that say that lengths are repeated.
#[inline(always)]
fn next_length(bits: &mut Bits, table: &[u8; 1 << LENGTH_CODE_BITS]) -> Option<u8> {
    // A code, and the bits that say how often it is repeated.
    bits.refill(LENGTH_CODE_BITS + 7);
    let entry = *table.get(bits.peek(LENGTH_CODE_BITS))?;
    bits.skip(u32::from(entry >> 5))?;
    Some(entry & 31)
}

/// How often which length is repeated; `before` is the one before it.
#[inline(always)]
fn repetition(bits: &mut Bits, symbol: u8, before: Option<u8>, size: &mut u8) -> Option<usize> {
    let (repeated, repeat) = match symbol {
        16 => (before?, bits.take(2)? + 3),
        17 => (0, bits.take(3)? + 3),
        18 => (0, bits.take(7)? + 11),
        _ => return None,
    };
    *size = repeated;
    Some(repeat)
}

/// The next symbol in the canonical code of these lengths, bit by bit: cheapest where only a few symbols are wanted.
fn next_symbol(bits: &mut Bits, sizes: &[u8; MAX_LITERALS], counts: &[u32; MAX_CODE_BITS + 1]) -> Option<usize> {
    bits.refill(MAX_CODE_BITS as u32);
    let (mut code, mut first) = (0_u32, 0_u32);
    for (size, &count) in (1_u8..).zip(counts.iter().skip(1)) {
        code |= bits.peek(1) as u32;
        bits.skip(1)?;
        if let Some(nth) = code.checked_sub(first).filter(|&nth| nth < count) {
            return nth_of_size(sizes, size, nth as usize);
        }
        first = (first + count) << 1;
        code <<= 1;
    }
    None
}

/// The symbol that has `nth` others with a code of the same length before it.
fn nth_of_size(sizes: &[u8; MAX_LITERALS], size: u8, mut nth: usize) -> Option<usize> {
    // Many are compared at once to find the few among which it is.
    let (few, _) = sizes.as_chunks::<32>();
    for (index, few) in few.iter().enumerate() {
        let same = few.iter().fold(0_u8, |same, &other| same + u8::from(other == size));
        match nth.checked_sub(usize::from(same)) {
            Some(left) => nth = left,
            None => {
                let same = few.iter().enumerate().filter(|&(_, &other)| other == size);
                return same.map(|(symbol, _)| 32 * index + symbol).nth(nth);
            }
        }
    }
    None
}

/// For all bits that can come next the symbol of the code that they begin with, and above its five bits the length of the
/// code; [`NO_SYMBOL`] for no code. `coded_as` has for each length the symbols with a code of it, as bits.
fn length_table(coded_as: &[u32; 1 << 3]) -> Option<[u8; 1 << LENGTH_CODE_BITS]> {
    let mut table = [NO_SYMBOL; 1 << LENGTH_CODE_BITS];
    let (mut filled, mut code) = (1, 0_u32);
    for (size, &symbols) in (0_u8..).zip(coded_as).skip(1) {
        // A code that is there goes on with either bit.
        table.copy_within(..filled, filled);
        filled *= 2;
        code <<= 1;
        let mut left = symbols;
        while left != 0 {
            // Codes come with their highest bit first, all other numbers with their lowest.
            let reversed = (code.reverse_bits() >> (32 - u32::from(size))) as usize;
            // More codes than there are bits for have no place.
            *table.get_mut(..filled)?.get_mut(reversed).filter(|_| code < filled as u32)? =
                size << 5 | left.trailing_zeros() as u8;
            code += 1;
            left &= left - 1;
        }
    }
    Some(table)
}
