//! JSON pointers, and how people write the same.

/// One step of a pointer.
pub(crate) fn step(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The steps of a pointer.
pub(crate) fn steps(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// A pointer as people write a place: `properties` and `/products/0/price` become `properties.products[0].price`.
pub fn dotted(root: &str, pointer: &str) -> String {
    steps(pointer).fold(root.to_owned(), |path, step| match step.parse::<usize>() {
        Ok(index) => format!("{path}[{index}]"),
        Err(_) => format!("{path}.{step}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_what_people_write() {
        assert_eq!(dotted("properties", ""), "properties");
        assert_eq!(dotted("properties", "/products/0/price"), "properties.products[0].price");
        assert_eq!(dotted("traits", &step("/a", "b/c~d")), "traits.a.b/c~d");
    }
}
