// The length of a path through points (x, y), in Rust.

fn step(from: &[f64], to: &[f64]) -> f64 {
    from.iter().zip(to).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
}

#[no_mangle]
pub unsafe extern "C" fn path_length(points: *const f64, count: usize) -> f64 {
    let points = std::slice::from_raw_parts(points, 2 * count);
    let points: Vec<&[f64]> = points.chunks_exact(2).collect();
    points.windows(2).map(|pair| step(pair[0], pair[1])).sum()
}
