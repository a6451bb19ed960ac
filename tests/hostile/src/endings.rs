//! Ends otherwise than by a summary.

use crate::bindings::exports::stocktake::collector::inventory::Pulled;
use crate::leaks::to_stderr;
use crate::run::{Run, asset};

/// The last words hold what they should not.
pub(crate) fn panic_in_the_constructor(run: &Run) -> ! {
    to_stderr(&format!(
        "\u{1b}[2Jpanicked over {}\r\nerror: forged\n",
        run.text
    ));
    panic!("in the constructor");
}

pub(crate) fn trap() -> ! {
    panic!("on purpose");
}

pub(crate) fn trap_on_page_3(run: &mut Run) -> Pulled {
    if run.next == 3 {
        trap();
    }
    let id = format!("vm-{}", run.next);
    run.page(&[asset("vm", &id)])
}
