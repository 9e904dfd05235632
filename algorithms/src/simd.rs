//! Kernels that use the widest vector instructions of the processor at hand.
//!
//! A kernel is plain Rust over fixed arrays ([`Lanes`]), which the compiler turns into vector instructions. The macro
//! [`multiversion`] compiles it three times (for every x86-64, for AVX2 with FMA, for AVX-512) and picks one at run time,
//! so that one binary runs everywhere and is fast where it can be. Lane width and order of additions are fixed by the
//! code, not by the processor: with AVX2 and AVX-512 the results are the same bits; without fused multiply-add the last
//! bit may differ.

use std::ops::{Add, AddAssign, Mul, Sub};

/// Numbers that are worked on side by side: one AVX-512 register, two AVX2 registers.
pub(crate) const LANES: usize = 16;

/// Sixteen numbers.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub [f32; LANES]);

impl Lanes {
    #[inline(always)]
    pub(crate) fn splat(value: f32) -> Lanes {
        Lanes([value; LANES])
    }

    #[inline(always)]
    fn zip(self, other: Lanes, combine: impl Fn(f32, f32) -> f32) -> Lanes {
        Lanes(std::array::from_fn(|lane| combine(self.0[lane], other.0[lane])))
    }

    /// `self * factor + addend`, rounded once where `FUSED`.
    #[inline(always)]
    pub(crate) fn times_plus<const FUSED: bool>(self, factor: Lanes, addend: Lanes) -> Lanes {
        Lanes(std::array::from_fn(|lane| {
            if FUSED {
                self.0[lane].mul_add(factor.0[lane], addend.0[lane])
            } else {
                self.0[lane] * factor.0[lane] + addend.0[lane]
            }
        }))
    }

    /// The sum of all lanes, always in the same order: by halves.
    #[inline(always)]
    pub(crate) fn sum(self) -> f32 {
        let eight: [f32; 8] = std::array::from_fn(|lane| self.0[lane] + self.0[lane + 8]);
        let four: [f32; 4] = std::array::from_fn(|lane| eight[lane] + eight[lane + 4]);
        (four[0] + four[2]) + (four[1] + four[3])
    }
}

impl Add for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn add(self, other: Lanes) -> Lanes {
        self.zip(other, |left, right| left + right)
    }
}

impl AddAssign for Lanes {
    #[inline(always)]
    fn add_assign(&mut self, other: Lanes) {
        *self = *self + other;
    }
}

impl Sub for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn sub(self, other: Lanes) -> Lanes {
        self.zip(other, |left, right| left - right)
    }
}

impl Mul for Lanes {
    type Output = Lanes;

    #[inline(always)]
    fn mul(self, other: Lanes) -> Lanes {
        self.zip(other, |left, right| left * right)
    }
}

/// Asks the memory for some numbers that will be needed soon. Without effect where there is no such instruction.
#[inline(always)]
pub(crate) fn prefetch(values: &[[f32; LANES]]) {
    #[cfg(target_arch = "x86_64")]
    for line in values {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: prefetching reads nothing and may be given any address; SSE is part of every x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = values;
}

/// What vector instructions there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing beyond what every processor of this architecture has.
    Baseline,
    /// AVX2 and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 Foundation.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Asks the processor; the standard library remembers the answer.
#[inline]
pub(crate) fn level() -> Level {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return Level::Avx512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2;
        }
    }
    Level::Baseline
}

/// `multiversion!(fn name(argument: Type, …) -> Type = body)` defines `name`, which runs `body::<FUSED>` compiled for the
/// processor at hand. `body` must be `#[inline(always)]`, so that it is compiled anew inside each version. With
/// `fn name<const N: usize>(…)` the body is `body::<FUSED, N>`.
macro_rules! multiversion {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident $(<const $size:ident: usize>)? ($($argument:ident: $type:ty),* $(,)?) $(-> $return:ty)? = $body:ident) => {
        $(#[$meta])*
        $visibility fn $name $(<const $size: usize>)? ($($argument: $type),*) $(-> $return)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f")]
                fn avx512 $(<const $size: usize>)? ($($argument: $type),*) $(-> $return)? {
                    $body::<true $(, $size)?>($($argument),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2 $(<const $size: usize>)? ($($argument: $type),*) $(-> $return)? {
                    $body::<true $(, $size)?>($($argument),*)
                }
                match $crate::simd::level() {
                    // SAFETY: `level` found AVX-512 Foundation on this processor.
                    $crate::simd::Level::Avx512 => return unsafe { avx512 $(::<$size>)? ($($argument),*) },
                    // SAFETY: `level` found AVX2 and FMA on this processor.
                    $crate::simd::Level::Avx2 => return unsafe { avx2 $(::<$size>)? ($($argument),*) },
                    $crate::simd::Level::Baseline => {}
                }
            }
            $body::<{ cfg!(target_arch = "aarch64") } $(, $size)?>($($argument),*)
        }
    };
}

pub(crate) use multiversion;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_calculate_like_single_numbers() {
        let counting = Lanes(std::array::from_fn(|lane| lane as f32));
        assert_eq!(counting.sum(), 120.0);
        assert_eq!((counting + counting).0[3], 6.0);
        assert_eq!((counting - Lanes::splat(1.0)).0[0], -1.0);
        assert_eq!((counting * counting).0[5], 25.0);
        assert_eq!(counting.times_plus::<true>(Lanes::splat(2.0), Lanes::splat(1.0)).0[7], 15.0);
        assert_eq!(counting.times_plus::<false>(Lanes::splat(2.0), Lanes::splat(1.0)).0[7], 15.0);
    }
}
