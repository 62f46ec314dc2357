//! The first literals of a deflate stream, without an inflater: only what the header of its first block says is decoded, and
//! as many codes as somebody wants to see.

use std::ops::ControlFlow;

/// Reads bits from the low end, as deflate packs them.
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
/// Most bits of a code.
const MAX_CODE_BITS: usize = 15;
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

fn dynamic(bits: &mut Bits, look: &mut impl FnMut(u8) -> ControlFlow<()>) -> Option<()> {
    let literals = bits.take(5)? + 257;
    let all = literals + bits.take(5)? + 1;
    let coded = bits.take(4)? + 4;
    let mut code_sizes = [0_u8; 19];
    for &symbol in ORDER.iter().take(coded) {
        *code_sizes.get_mut(symbol)? = bits.take(3)? as u8;
    }
    let table = length_table(&code_sizes)?;
    let mut sizes = [0_u8; 320];
    // How many literals have a code of each length.
    let mut counts = [0_u32; MAX_CODE_BITS + 1];
    let mut at = 0;
    while at < all {
        // A code, and the bits that say how often it is repeated.
        bits.refill(LENGTH_CODE_BITS + 7);
        let entry = *table.get(bits.peek(LENGTH_CODE_BITS))?;
        let (code_bits, symbol) = (u32::from(entry >> 5), entry & 31);
        if code_bits == 0 {
            return None;
        }
        bits.skip(code_bits)?;
        let (size, repeat) = match symbol {
            size @ 0..=15 => {
                *sizes.get_mut(at)? = size;
                (size, 1)
            }
            repeated => {
                let (size, repeat) = match repeated {
                    16 => (*sizes.get(at.checked_sub(1)?)?, bits.take(2)? + 3),
                    17 => (0, bits.take(3)? + 3),
                    _ => (0, bits.take(7)? + 11),
                };
                sizes.get_mut(at..at + repeat)?.fill(size);
                (size, repeat)
            }
        };
        *counts.get_mut(usize::from(size))? += repeat.min(literals.saturating_sub(at)) as u32;
        at += repeat;
    }
    let sizes = sizes.get(..literals)?;
    while_literal(bits, look, |bits| next_symbol(bits, sizes, &counts))
}

/// The next symbol in the canonical code of these lengths, bit by bit: cheapest where only a few symbols are wanted.
fn next_symbol(bits: &mut Bits, sizes: &[u8], counts: &[u32; MAX_CODE_BITS + 1]) -> Option<usize> {
    bits.refill(MAX_CODE_BITS as u32);
    let (mut code, mut first) = (0_u32, 0_u32);
    for (size, &count) in (1_u8..).zip(counts.iter().skip(1)) {
        code |= bits.peek(1) as u32;
        bits.skip(1)?;
        if let Some(nth) = code.checked_sub(first).filter(|&nth| nth < count) {
            let same = sizes.iter().enumerate().filter(|&(_, &other)| other == size);
            return same.map(|(symbol, _)| symbol).nth(nth as usize);
        }
        first = (first + count) << 1;
        code <<= 1;
    }
    None
}

/// For all bits that can come next the symbol of the code that they begin with, and above its five bits the length of the
/// code; 0 for no code.
fn length_table(code_sizes: &[u8; 19]) -> Option<[u8; 1 << LENGTH_CODE_BITS]> {
    let mut next = [0_u32; LENGTH_CODE_BITS as usize + 2];
    for &size in code_sizes.iter().filter(|&&size| size > 0) {
        *next.get_mut(usize::from(size) + 1)? += 1;
    }
    // From how many codes there are of the length before to the first code of each length.
    let mut code = 0;
    for (size, next) in next.iter_mut().enumerate() {
        code = (code + *next) << 1;
        // More codes than there are bits for.
        if code > 1 << size {
            return None;
        }
        *next = code;
    }
    let mut table = [0; 1 << LENGTH_CODE_BITS];
    for (symbol, &size) in (0_u8..).zip(code_sizes).filter(|(_, size)| **size > 0) {
        let next = next.get_mut(usize::from(size))?;
        // Codes come with their highest bit first, all other numbers with their lowest.
        let reversed = (next.reverse_bits() >> (32 - u32::from(size))) as usize;
        *next += 1;
        table.iter_mut().skip(reversed).step_by(1 << size).for_each(|entry| *entry = size << 5 | symbol);
    }
    Some(table)
}
