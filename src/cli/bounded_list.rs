//! The bound of a list: whatever the input, it has at most [`MAX_LIST_BYTES`] bytes in each form. The worst items are
//! shown, and how many are left out is said in the list.

/// The bytes of the longest list.
pub(super) const MAX_LIST_BYTES: usize = 16 << 20;

/// The list in one form, with as many items as fit. `render` makes it of the items at these indices, which are in the order of
/// `worst_first` cut at some place and then sorted, and of the number of those left out.
pub(super) fn render(worst_first: &[usize], most: usize, render: impl Fn(&[usize], usize) -> String) -> String {
    let mut number = worst_first.len();
    loop {
        let mut kept: Vec<usize> = worst_first.iter().take(number).copied().collect();
        kept.sort_unstable();
        let text = render(&kept, worst_first.len() - kept.len());
        if text.len() <= most || number == 0 {
            return text;
        }
        // As many as fit if all are as long, and a few less.
        let fits = number as u128 * most as u128 / text.len() as u128;
        number = usize::try_from(fits - fits / 16).unwrap_or(0).min(number - 1);
    }
}

/// What a list says of the items that are left out.
pub(super) fn left_out(number: usize) -> String {
    let items = if number == 1 { "one further row".to_owned() } else { format!("{number} further rows") };
    format!("{items} left out: the list would be longer than 16 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_are_kept_in_their_order() {
        let order = [3, 1, 4, 0, 2];
        let list = |kept: &[usize], left: usize| format!("{}+{left}", "x".repeat(10 * kept.len()));
        assert_eq!(render(&order, 100, list), format!("{}+0", "x".repeat(50)));
        let seen = std::cell::RefCell::new(Vec::new());
        let text = render(&order, 35, |kept, left| {
            seen.borrow_mut().push(kept.to_vec());
            list(kept, left)
        });
        assert!(text.len() <= 35);
        let last = seen.borrow().last().cloned().unwrap();
        assert!(!last.is_empty() && last.is_sorted() && last.contains(&3), "{last:?}");
        assert_eq!(render(&order, 1, list), "+5");
        assert_eq!(
            (left_out(1).as_str(), left_out(2).starts_with("2 further")),
            ("one further row left out: the list would be longer than 16 MiB", true)
        );
    }
}
