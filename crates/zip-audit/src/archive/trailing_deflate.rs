//! Local headers among packed bytes, behind the end of a deflate stream that ends before its entry does.

use super::entry::{PIECE_BYTES, Reader, View};
use super::records::{LOCAL, LOCAL_LEN, local_len};
use crate::inflate::{Inflated, Status, stream};
use memchr::memmem::Finder;
use std::sync::LazyLock;

static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&LOCAL));

impl Reader<'_, '_> {
    /// Searches the packed bytes of all entries that nobody wants, of an archive that contradicts itself.
    pub(super) fn search_unwanted(&mut self) {
        let archive = self.archive.clone();
        let view = View::without_window(&archive.source);
        let mut buffer = Vec::new();
        for record in archive.directory.records.iter().filter(|record| record.claim.method == 8 && !record.overlaps) {
            if self.session.wants(archive.directory.name(record)) {
                continue;
            }
            if !self.may_go_on() {
                return;
            }
            let header = record.claim.header;
            if let Some(len) = local_len(view.get(header, LOCAL_LEN, &mut buffer)) {
                let data = header.saturating_add(len);
                let there = record.claim.packed.min(archive.source.len().saturating_sub(data));
                self.search_behind_stream(&view, data, there);
            }
        }
    }

    /// A deflate stream can end before its entry does. Java goes on reading there, so a local header in the packed
    /// bytes is looked into; by chance there is one in four gigabytes. Gives whether there is one.
    pub(super) fn search_behind_stream(&mut self, view: &View, data: u64, packed: u64) -> bool {
        let mut at = 0;
        let mut found = false;
        while at < packed && !found && (at == 0 || self.may_go_on()) {
            let piece = if view.source.in_memory() { packed } else { PIECE_BYTES };
            let bytes = view.get(data + at, piece.min(packed - at), self.spare);
            found = FINDER.find(bytes).is_some();
            let overlap = if at + piece < packed { 3 } else { 0 };
            at += piece - overlap;
        }
        if found {
            let most = usize::try_from(self.session.limits().text).unwrap_or(usize::MAX);
            let packed_bytes = view.get(data, packed.min(most as u64), self.spare);
            let (Inflated { len, end }, taken) = stream(packed_bytes, most, self.out);
            self.count_inflated(len as u64);
            if end != Status::LimitReached {
                let from = if end == Status::Complete { taken as u64 } else { 0 };
                self.archive.gap(data + from..data + packed, true);
            }
        }
        found
    }
}
