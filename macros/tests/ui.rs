//! The messages of the compiler for declarations that cannot work, word for word and place for place. `TRYBUILD=overwrite` writes down the present ones.

/// Types and syntax are checked by the compiler, whose own words change from one version to the next.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_in_a_declaration_are_told_where_they_are() {
    let tests = trybuild::TestCases::new();
    for file in ["method", "path", "placeholder", "body", "key", "argument", "function", "client", "output", "unfinished", "all_at_once"] {
        tests.compile_fail(format!("tests/ui/{file}.rs"));
    }
    if version().starts_with(COMPILER) {
        tests.compile_fail("tests/ui/types.rs");
        tests.compile_fail("tests/ui/syntax.rs");
    } else {
        println!("skipped: ui/types.rs and ui/syntax.rs have the words of {COMPILER}x");
    }
}

fn version() -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(compiler).arg("--version").output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
}
