//! Loops whose iterations run at once, on this machine's threads or on a GPU.
//!
//! ```ignore
//! use linkgrad::offload::{parallel_for, Mapped};
//!
//! let x = vec![1.0; n];
//! let mut y = vec![2.0; n];
//! {
//!     let (from, to) = (Mapped::to(&x), Mapped::tofrom(&mut y));
//!     let (from, to) = (from.view(), to.view());
//!     // SAFETY: no iteration uses what another one sets.
//!     parallel_for(n, move |i| unsafe { to.set(i, to.get(i) + 3.0 * from.get(i)) });
//! }
//! assert_eq!(y[0], 5.0);
//! ```
//!
//! The flags come from `linkgrad-config --rustflags --offload=x86_64` or `--cargo-config --offload=x86_64`; without
//! `--offload` such a loop is an ordinary one.  Where a loop on the host would panic, a device stops the program.
//! A function that calls `parallel_for` cannot be differentiated.

use core::ffi::{c_int, c_void};
use core::marker::PhantomData;

extern "C-unwind" {
    #[link_name = "__offload_launch_rust"]
    fn launch(kernel: *const c_void, n: usize, ...) -> c_int;
}

extern "C" {
    fn __linkgrad_map(pointer: *const c_void, bytes: usize, kind: c_int) -> *mut c_void;
    fn __linkgrad_unmap(pointer: *const c_void, bytes: usize, kind: c_int);
    fn __linkgrad_update(pointer: *const c_void, bytes: usize, kind: c_int);
}

// What is copied: to the device when the mapping begins, from it when it ends.
const TO: c_int = 1;
const FROM: c_int = 2;

/// Where a loop ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    Device,
    Host,
}

/// A slice of which the device has a copy as long as this object lives.
pub struct Mapped<'a, T: Copy> {
    host: *const T,
    device: *mut T,
    length: usize,
    kind: c_int,
    slice: PhantomData<&'a mut [T]>,
}

impl<'a, T: Copy> Mapped<'a, T> {
    fn new(host: *const T, length: usize, kind: c_int) -> Self {
        // SAFETY: the slice is borrowed until the mapping ends.
        let device = unsafe { __linkgrad_map(host.cast(), length * size_of::<T>(), kind) };
        Mapped {
            host,
            device: device.cast(),
            length,
            kind,
            slice: PhantomData,
        }
    }

    /// The device's copy begins with the host's elements.
    pub fn to(slice: &'a [T]) -> Self {
        Self::new(slice.as_ptr(), slice.len(), TO)
    }

    /// The host gets the device's elements at the end.
    pub fn from(slice: &'a mut [T]) -> Self {
        Self::new(slice.as_mut_ptr(), slice.len(), FROM)
    }

    /// Both.
    pub fn tofrom(slice: &'a mut [T]) -> Self {
        Self::new(slice.as_mut_ptr(), slice.len(), TO | FROM)
    }

    /// Copies the device's elements to the host now.
    pub fn update_from(&mut self) {
        assert!(
            self.kind & FROM != 0,
            "a slice that was mapped with `to` is not written"
        );
        // SAFETY: it was borrowed mutably.
        unsafe { __linkgrad_update(self.host.cast(), self.length * size_of::<T>(), FROM) }
    }

    /// What closures capture.
    pub fn view(&self) -> View<'_, T> {
        View {
            device: self.device,
            length: self.length,
            mapped: PhantomData,
        }
    }
}

impl<T: Copy> Drop for Mapped<'_, T> {
    fn drop(&mut self) {
        // SAFETY: new() began it.
        unsafe { __linkgrad_unmap(self.host.cast(), self.length * size_of::<T>(), self.kind) }
    }
}

/// The elements as a device finds them.
pub struct View<'a, T> {
    device: *mut T,
    length: usize,
    mapped: PhantomData<&'a T>,
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}

// SAFETY: set() is unsafe because of what get() and set() do at once.
unsafe impl<T: Send> Sync for View<'_, T> {}

impl<T: Copy> View<'_, T> {
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// # Safety
    /// In a loop of `parallel_for` alone, and no other iteration may set this element.
    pub unsafe fn get(&self, index: usize) -> T {
        assert!(index < self.length, "index out of bounds");
        *self.device.add(index)
    }

    /// # Safety
    /// In a loop of `parallel_for` alone, of a slice that was not mapped with `to`, and no other iteration may get or
    /// set this element.
    pub unsafe fn set(&self, index: usize, value: T) {
        assert!(index < self.length, "index out of bounds");
        *self.device.add(index) = value;
    }
}

extern "C" fn call<F: Fn(usize)>(index: usize, body: *const F) {
    // SAFETY: parallel_for() passes the address of one.
    unsafe { (*body)(index) }
}

/// `body(i)` for every i below n, in any order, many at once.  The device gets a copy of what `body` captures: numbers
/// and [`View`]s.
pub fn parallel_for<F: Fn(usize) + Copy + Sync>(n: usize, body: F) -> Ran {
    let _there = Mapped::to(core::slice::from_ref(&body));
    // SAFETY: `call` takes an index and this pointer.
    match unsafe { launch(call::<F> as *const c_void, n, &raw const body) } {
        0 => Ran::Device,
        _ => Ran::Host,
    }
}
