//! What libFuzzer drives: see the function.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz::planted::run(data);
});
