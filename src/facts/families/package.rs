//! Packages. What AEM installs of them is decided in [`mod@crate::facts::link`].

use crate::facts::vocabulary::fact_kind;

fact_kind! {
    #[derive(Default)]
    Package "package" = "An archive or a tree with `META-INF/vault`." {
        group: Option<String> = "group of META-INF/vault/properties.xml",
        name: Option<String> = "name of META-INF/vault/properties.xml",
        version: Option<String> = "version of META-INF/vault/properties.xml",
        package_type: Option<String> = "packageType: application, content, container or mixed",
        depth: i64 = "archives around its files: 0 for a tree, 1 for a zip on disk, 2 for a package in it",
    }
}
