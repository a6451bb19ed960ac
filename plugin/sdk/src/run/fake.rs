//! A fake source whose pages are given in `source.config`.

use serde_json::{Value, json};
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;
use stocktake_contract::{ErrorCode, Problem};

use crate::page::Page;
use crate::request::{Request, invalid};
use crate::source::{Counts, Source};

/// `config.pages` is a list of pages: the announced counts of each, as in `{"vm": 2}`, and the
/// ids of its VMs; `null` is a failure.
pub(crate) struct Fake {
    pages: Vec<Value>,
    announced: Counts,
}

impl Source for Fake {
    const NAME: &'static str = "fake";
    const VERSION: &'static str = "1.2.3";
    const MODES: &'static [Mode] = &[Mode::Healthcheck, Mode::Collect];

    fn open(mut request: Request) -> Result<Self, Problem> {
        let Some(Value::Array(mut pages)) = request.config.remove("pages") else {
            return Err(invalid("source.config.pages", "is missing"));
        };
        pages.reverse();
        let announced = Counts::new();
        Ok(Fake { pages, announced })
    }

    fn announced(&self) -> &Counts {
        &self.announced
    }

    fn page(&mut self) -> Result<Option<Page>, Problem> {
        let Some(next) = self.pages.pop() else {
            return Ok(None);
        };
        if next.is_null() {
            return Err(Problem::new(ErrorCode::VcenterRateLimit, "slow down"));
        }
        self.announced = serde_json::from_value(next["announced"].clone()).expect("counts");
        let mut page = Page::default();
        for id in next["vms"].as_array().expect("ids") {
            let id = id.as_str().expect("an id");
            page.asset(Kind::Vm, id, json!({}), &Value::Null);
        }
        Ok(Some(page))
    }
}

/// A valid request for one page with one VM.
pub(crate) fn request() -> Value {
    json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "1",
            "source_type": "fake",
            "config": {
                "endpoint": "https://inventory.example",
                "pages": [{"announced": {"vm": 1}, "vms": ["vm-1"]}],
            },
            "credential": {"username": "reader", "password": "t0ken"},
        },
        "request": {"run_id": "1", "mode": "collect", "now": "2026-01-01T00:00:00Z"},
    })
}
