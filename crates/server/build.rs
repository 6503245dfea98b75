//! A release build holds `www/` and `pkg/`: it is built again when a file in them comes or goes. Debug builds read
//! both from the disk.

fn main() {
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../../www");
        println!("cargo::rerun-if-changed=../../pkg");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
