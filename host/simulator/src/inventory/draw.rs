//! Random-looking facts without state: the same seed, object and topic always draw the same numbers.

/// A short sequence of numbers that belongs to one object (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

/// Distinguishes independent sequences of one object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Topic {
    Vm = 1,
    VmDisks = 2,
    VmNics = 3,
    VmUuid = 4,
    VmGuest = 5,
    Host = 6,
    HostStorage = 7,
    Datastore = 8,
    Switch = 9,
    Session = 10,
    Victim = 11,
    Instance = 12,
    Churn = 13,
    VmSettings = 14,
    VmSnapshots = 15,
    VmVariety = 16,
    VmPool = 17,
    VmFiles = 18,
    HostSettings = 19,
    Attributes = 20,
    Tags = 21,
}

impl Draw {
    pub(crate) fn new(seed: u64, topic: Topic, index: u32) -> Self {
        let object = (u64::from(index) << 8) | topic as u64;
        let mut draw = Self(seed.wrapping_mul(0xd134_2543_de82_ef95) ^ object);
        // Neighbouring indexes differ in few bits: one round spreads them.
        draw.0 = draw.next();
        draw
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let product = (self.next() >> 32) * u64::from(bound);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// One of `choices`, which are never empty.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let bound = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        let index = usize::try_from(self.below(bound)).unwrap_or(0);
        &choices[index]
    }
}
