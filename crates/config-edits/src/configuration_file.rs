//! Picks the editor of a configuration file.

use crate::change::{Change, EditError};
use crate::config::ConfigEditor;
use crate::generic;
use crate::json::JsonEditor;
use crate::properties::PropertiesEditor;
use osgi_config::{FileFormat, format_of};

/// Makes the changes in the configuration file `name` with the content `bytes`, one after the other, and gives the new
/// content. Names of properties are compared without regard to case, as in OSGi.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn edit_configuration(name: &str, bytes: &[u8], changes: &[Change]) -> Result<Vec<u8>, EditError> {
    let utf_8 = || std::str::from_utf8(bytes).map_err(|_| EditError::Encoding);
    match format_of(name).ok_or(EditError::NoEditor)? {
        FileFormat::Config => Ok(generic::edit(&ConfigEditor, utf_8()?, changes)?.into_bytes()),
        FileFormat::CfgJson => Ok(generic::edit(&JsonEditor, utf_8()?, changes)?.into_bytes()),
        FileFormat::Cfg | FileFormat::Properties if bytes.starts_with(b"<") => Err(EditError::NoEditor),
        FileFormat::Cfg | FileFormat::Properties => {
            let text = osgi_config::properties::decode(bytes);
            let edited = generic::edit(&PropertiesEditor, &text, changes)?;
            // Other characters are escaped.
            edited.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| EditError::Encoding)).collect()
        }
    }
}
