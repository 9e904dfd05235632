//! A Bloom filter in blocks of a cache line, so that a question touches one (Putze, Sanders and Singler, "Cache-, Hash- and
//! Space-Efficient Bloom Filters", 2007).
//!
//! Ids are hashes already. Their high half says the block: sorted ids ask the blocks in their order. The low half says the bits.

/// Bytes of filters that are kept in memory, those of the youngest runs: enough for 44 million ids. Filters of older runs are
/// asked on the disk.
pub const FILTER_MEMORY: usize = 64 << 20;

/// Bits of an id: with seven that are set, about one new id in a hundred is looked up for nothing.
const BITS_OF_AN_ID: u64 = 12;
const BITS_SET: u32 = 7;
const WORDS: usize = 8;
/// Bytes of a block.
pub const BLOCK: usize = WORDS * 8;
const BITS_OF_A_BLOCK: u64 = BLOCK as u64 * 8;

type Block = [u64; WORDS];

/// A filter in memory.
pub struct Filter(Vec<Block>);

impl Filter {
    /// An empty one with room for so many ids.
    pub fn for_ids(ids: u64) -> Self {
        Self(vec![[0; WORDS]; blocks_of(ids)])
    }

    pub fn insert(&mut self, id: u128) {
        let block = block_of(id, self.0.len());
        for bit in bits_of(id) {
            self.0[block][bit / 64] |= 1 << (bit % 64);
        }
    }

    /// Whether the id may be there; `false` is certain.
    pub fn may_hold(&self, id: u128) -> bool {
        block_may_hold(&self.0[block_of(id, self.0.len())], id)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flatten().flat_map(|word| word.to_le_bytes()).collect()
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.as_chunks::<BLOCK>().0.iter().map(read_block).collect())
    }
}

/// How many blocks a filter for so many ids has.
pub fn blocks_of(ids: u64) -> usize {
    usize::try_from((ids * BITS_OF_AN_ID).div_ceil(BITS_OF_A_BLOCK)).unwrap_or(usize::MAX).max(1)
}

/// The block of an id.
pub fn block_of(id: u128, blocks: usize) -> usize {
    // The high half as a fraction of one, times the number of blocks: always less than it.
    (((id >> 64) * blocks as u128) >> 64) as usize
}

/// The same question to a block as it lies on the disk.
pub fn bytes_may_hold(block: &[u8; BLOCK], id: u128) -> bool {
    block_may_hold(&read_block(block), id)
}

fn read_block(bytes: &[u8; BLOCK]) -> Block {
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|word| u64::from_le_bytes(words[word]))
}

fn block_may_hold(block: &Block, id: u128) -> bool {
    bits_of(id).all(|bit| block[bit / 64] & (1 << (bit % 64)) != 0)
}

fn bits_of(id: u128) -> impl Iterator<Item = usize> {
    (0..BITS_SET).map(move |number| ((id as u64 >> (9 * number)) % BITS_OF_A_BLOCK) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::EventId;

    fn id(number: u64) -> u128 {
        EventId::derive(&[&number.to_le_bytes()]).as_uuid().as_u128()
    }

    #[test]
    fn what_is_in_is_never_denied_and_what_is_not_nearly_always() {
        let mut filter = Filter::for_ids(10_000);
        (0..10_000).for_each(|number| filter.insert(id(number)));
        let again = Filter::from_bytes(&filter.to_bytes());
        assert!((0..10_000).all(|number| filter.may_hold(id(number)) && again.may_hold(id(number))));
        let wrong = (10_000..110_000).filter(|number| filter.may_hold(id(*number))).count();
        assert!(wrong < 1_500, "{wrong} of 100,000 are looked up for nothing");
    }

    #[test]
    fn the_extremes_have_a_block() {
        for blocks in [1, 2, 3, 1_000_003] {
            assert_eq!(block_of(0, blocks), 0);
            assert_eq!(block_of(u128::MAX, blocks), blocks - 1);
        }
        assert_eq!(blocks_of(0), 1);
    }
}
