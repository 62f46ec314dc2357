//! Picks the editor of a configuration file.

use crate::change::{Change, EditError};
use crate::config::ConfigEditor;
use crate::generic::{self, Editor};
use crate::json::JsonEditor;
use crate::properties::PropertiesEditor;
use crate::wrong_bytes::Decoded;
use osgi_config::{FileFormat, format_of};

/// Makes the changes in the configuration file `name` with the content `bytes`, one after the other, and gives the new
/// content. Names of properties are compared without regard to case, as in OSGi.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn edit_configuration(name: &str, bytes: &[u8], changes: &[Change]) -> Result<Vec<u8>, EditError> {
    match format_of(name).ok_or(EditError::NoEditor)? {
        FileFormat::Config => edit_utf_8(&ConfigEditor, bytes, changes),
        FileFormat::CfgJson => edit_utf_8(&JsonEditor, bytes, changes),
        FileFormat::Cfg | FileFormat::Properties if bytes.starts_with(b"<") => Err(EditError::NoEditor),
        FileFormat::Cfg | FileFormat::Properties => {
            let text = osgi_config::properties::decode(bytes);
            let edited = generic::edit(&PropertiesEditor, &text, changes)?;
            // Other characters are escaped.
            edited.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| EditError::Encoding)).collect()
        }
    }
}

/// Makes the changes in a file that is read as UTF-8. Bytes that are wrong in it stay.
fn edit_utf_8(editor: &impl Editor, bytes: &[u8], changes: &[Change]) -> Result<Vec<u8>, EditError> {
    let mut bytes = bytes.to_vec();
    for change in changes {
        let decoded = Decoded::of(&bytes);
        let edited = generic::edit(editor, &decoded.text, std::slice::from_ref(change))?;
        bytes = decoded.encode(edited).ok_or(EditError::Encoding)?;
    }
    Ok(bytes)
}
