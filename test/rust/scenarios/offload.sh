#!/bin/sh
# Launches from Rust: closures and mapped slices, on the host, on its threads as a device,
# with images for GPUs beside.
. "${0%/*}/common.sh"

package launches
cat >src/main.rs <<'END_OF_PROGRAM'
use linkgrad::offload::{parallel_for, Mapped, Ran};

fn smooth(x: &impl Fn(usize) -> f64, i: usize, n: usize) -> f64 {
    let window = [x(i), x((i + 1) % n), x((i + n - 1) % n)];
    window.iter().map(|v| v.sin()).sum::<f64>() * window[i % 3].exp()
}

fn main() {
    let n = 1003;
    let x: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
    let mut y = vec![1.0; n];
    let ran = {
        let (from, to) = (Mapped::to(&x), Mapped::tofrom(&mut y));
        let (from, to) = (from.view(), to.view());
        // SAFETY: every iteration uses its own element of y.
        parallel_for(n, move |i| unsafe { to.set(i, to.get(i) + smooth(&|k| from.get(k), i, n)) });
        parallel_for(n, move |i| unsafe { to.set(i, to.get(i) * 2.0) })
    };
    let wanted = std::env::var("EXPECT_DEVICE").is_ok_and(|v| v == "1");
    assert_eq!(ran == Ran::Device, wanted);
    for i in 0..n {
        let expected = 2.0 * (1.0 + smooth(&|k| x[k], i, n));
        assert!((y[i] - expected).abs() < 1e-12, "{i}: {} is not {expected}", y[i]);
    }
}
END_OF_PROGRAM

run() {
  cargo build --release
  program=$(ls target/*/release/launches target/release/launches 2>/dev/null | head -1)
}
mkdir -p .cargo
"$config" --cargo-config >.cargo/config.toml
run
"$program"
"$config" --cargo-config --offload=x86_64,nvptx64:sm_90,amdgcn:gfx90a >.cargo/config.toml
run
for threads in 1 2 4; do
  OMP_NUM_THREADS=$threads EXPECT_DEVICE=1 "$program"
done
OMP_TARGET_OFFLOAD=DISABLED "$program"
llvm-objdump-22 --offloading "$program" | grep -q amdgcn-amd-amdhsa
