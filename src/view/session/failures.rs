//! Messages about what failed go away when the same thing goes well later.

use crate::view::notice::Notice;

/// What can fail and be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Opening a network.
    Opening,
    /// Living a lifetime.
    Living,
    /// Following a run folder.
    Following,
    /// Showing pictures of the viewer's own.
    Pictures,
    /// Writing a file.
    Exporting,
    /// Reading runs to be compared.
    Comparing,
    /// Starting a run.
    Starting,
    /// Saving a run.
    Saving,
}

/// The messages about attempts that failed.
#[derive(Default)]
pub struct Failures {
    told: Vec<(Attempt, String)>,
}

impl Failures {
    /// An attempt has failed; what is said already is not said twice.
    pub fn tell(&mut self, notices: &mut Vec<Notice>, attempt: Attempt, text: String) {
        let notice = Notice { text, is_error: true };
        if !notices.contains(&notice) {
            self.told.push((attempt, notice.text.clone()));
            notices.push(notice);
        }
    }

    /// The same thing has gone well: nobody needs to read any more that it failed.
    pub fn clear(&mut self, notices: &mut Vec<Notice>, attempt: Attempt) {
        self.told.retain(|(failed, text)| {
            let is_over = *failed == attempt;
            if is_over {
                notices.retain(|notice| notice.text != *text);
            }
            !is_over
        });
    }
}
