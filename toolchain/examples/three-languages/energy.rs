// The energy of a chain of springs, in Rust.  A single spring is C.

extern "C" {
    fn spring(length: f64) -> f64;
}

#[no_mangle]
pub unsafe extern "C" fn energy(positions: *const f64, count: usize) -> f64 {
    let positions = std::slice::from_raw_parts(positions, count);
    positions.windows(2).map(|ends| spring(ends[1] - ends[0])).sum()
}
