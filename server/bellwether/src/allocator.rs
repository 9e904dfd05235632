//! The memory allocator.
//!
//! Measured on the demo: the system's took a fifth longer on the import; mimalloc with huge pages (which are off here) a third
//! more memory and no less time, and with its own delay of a second before free pages go back to the system a third more
//! again. To ask for pages again is what costs time: with a delay of 100 milliseconds the import took 4 % longer than with 300,
//! and the whole way 40 MB less.

use libmimalloc_sys::{mi_option_set, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which the bindings leave out.
const PURGE_DELAY: mi_option_t = 15;
const PURGE_DELAY_MILLISECONDS: std::ffi::c_long = 300;

/// Free pages go back to the system soon; to be called before anything large is allocated.
pub fn give_memory_back_soon() {
    // SAFETY: sets one number among the allocator's options, which it reads whenever it frees a page; no other thread runs yet.
    unsafe { mi_option_set(PURGE_DELAY, PURGE_DELAY_MILLISECONDS) };
}
