//! A run ends and continues what it made itself.

use super::{COLLECTOR, CREATE_VIEW, Run, VIEW, call, object, property_set, retrieve};

fn this(type_name: &str, id: &str) -> String {
    format!(r#"<_this type="{type_name}">{id}</_this>"#)
}

#[test]
fn what_this_run_did_not_make_is_neither_ended_nor_continued() {
    let filter = format!(
        "{COLLECTOR}<spec>{}{}</spec><partialUpdates>false</partialUpdates>",
        property_set("Folder", &["name"]),
        object("Folder", "group-d1")
    );
    let page = retrieve(&(property_set("Folder", &["name"]) + &object("Folder", "group-d1")));
    let token = format!("{COLLECTOR}<token>7</token>");
    let cases = [
        (
            "DestroyView",
            this("ContainerView", "7"),
            call("CreateContainerView", CREATE_VIEW),
            "container view",
        ),
        (
            "DestroyPropertyFilter",
            this("PropertyFilter", "7"),
            call("CreateFilter", &filter),
            "property filter",
        ),
        (
            "DestroyPropertyCollector",
            this("PropertyCollector", "7"),
            call("CreatePropertyCollector", COLLECTOR),
            "property collector",
        ),
        (
            "ContinueRetrievePropertiesEx",
            token.clone(),
            page.clone(),
            "page token",
        ),
        ("CancelRetrievePropertiesEx", token, page, "page token"),
    ];
    for make_run in [Run::default, Run::logging_in] {
        for (method, arguments, making, name) in &cases {
            let run = make_run();
            let expected = format!("called {method} for a {name} that this run did not create");
            let message = run.denial(&call(method, arguments));
            assert!(message.contains(&expected), "{message}");
            // What another sort of handle is called is none of this one.
            for (_, _, other, other_name) in &cases {
                if other_name != name {
                    run.answered(other, "<returnval>7</returnval>");
                }
            }
            if *name != "page token" {
                run.answered(&cases[3].2, "<returnval><token>7</token></returnval>");
            }
            assert!(run.denial(&call(method, arguments)).contains(&expected));

            run.answered(
                making,
                match *name {
                    "page token" => "<returnval><token>7</token><objects/></returnval>",
                    _ => "<returnval>7</returnval>",
                },
            );
            assert!(run.post(&call(method, arguments)).is_ok(), "{method}");
        }
    }
}

#[test]
fn what_was_ended_is_no_longer_held() {
    let run = Run::default().with_view();
    let destroy = call("DestroyView", &this("ContainerView", VIEW));
    run.answered(&destroy, "");
    assert!(run.denial(&destroy).contains("did not create"));
}

#[test]
fn a_view_that_this_run_did_not_make_is_not_read() {
    let read =
        retrieve(&(property_set("ContainerView", &["view"]) + &object("ContainerView", VIEW)));
    let message = Run::default().denial(&read);
    assert!(
        message.contains("a container view that this run did not create"),
        "{message}"
    );
    assert!(!message.contains("52a"), "{message}");
    assert!(Run::default().with_view().post(&read).is_ok());
}

#[test]
fn views_are_bounded() {
    let run = Run::default();
    let create = call("CreateContainerView", CREATE_VIEW);
    for number in 0..64 {
        run.answered(&create, &format!("<returnval>view-{number}</returnval>"));
    }
    let message = run.denial(&create);
    assert!(message.contains("one more container view"), "{message}");
    run.answered(&call("DestroyView", &this("ContainerView", "view-7")), "");
    assert!(run.post(&create).is_ok());
}

#[test]
fn tokens_are_forgotten_oldest_first() {
    let run = Run::default();
    let filter = property_set("Folder", &["name"]) + &object("Folder", "group-d1");
    for number in 0..100 {
        let page = format!("<returnval><token>{number}</token></returnval>");
        run.answered(&retrieve(&filter), &page);
    }
    let next = |token: u32| {
        call(
            "ContinueRetrievePropertiesEx",
            &format!("{COLLECTOR}<token>{token}</token>"),
        )
    };
    assert!(run.post(&next(99)).is_ok());
    assert!(run.denial(&next(0)).contains("page token"));
}
