//! Parameters of an operation, known by their name and location.

use serde_json::Value;

use crate::document::drift::{
    change::Impact::{Additive, Breaking, Neutral},
    differences::Differences,
    log::{Log, Pair, Site},
    reach::Direction,
    schema::{self, At},
};

struct Parameter<'a> {
    index: usize,
    name: &'a str,
    location: &'a str,
    value: &'a Value,
}

impl Parameter<'_> {
    fn is(&self, other: &Parameter) -> bool {
        self.name == other.name && self.location == other.location
    }

    fn is_in(&self, others: &[Parameter]) -> bool {
        others.iter().any(|other| self.is(other))
    }

    fn site(&self, operation: &Site, parameters: &Site) -> Site {
        let (place, location, name) = (&operation.place, self.location, self.name);
        parameters
            .key(&self.index.to_string())
            .named(format!("{place}, {location} parameter `{name}`"))
    }
}

/// Compares the parameters of one operation.
pub(crate) fn compare(log: &mut Log, operation: &Site, (old, new): Pair) {
    let site = operation.key("parameters");
    let (Some(old), Some(new)) = (listed(old), listed(new)) else {
        log.unknown(&site);
        return;
    };
    let before = log.count();
    let mut added: Vec<_> = new.iter().filter(|is| !is.is_in(&old)).collect();
    for was in &old {
        let place = was.site(operation, &site);
        if let Some(is) = new.iter().find(|is| is.is(was)) {
            if is.value != was.value {
                compare_parameter(log, &place, was.value, is.value);
            }
        } else if let Some(index) = added.iter().position(|is| is.name == was.name) {
            let moved = added.swap_remove(index);
            let what = format!("parameter moved to {}", moved.location);
            log.add(Breaking, &place, what);
        } else {
            log.add(Breaking, &place, "parameter removed");
        }
    }
    for is in added {
        let place = is.site(operation, &site);
        match is.value.get("required").and_then(Value::as_bool) {
            Some(true) => log.add(Breaking, &place, "required parameter added"),
            _ => log.add(Additive, &place, "optional parameter added"),
        }
    }
    if log.count() == before {
        // The generator sorts them itself.
        let what = "parameters are listed in another order";
        log.add(Neutral, operation, what);
    }
}

fn compare_parameter(log: &mut Log, site: &Site, old: &Value, new: &Value) {
    let mut keys = Differences::between(log, site, (Some(old), Some(new)));
    if let Some(pair) = keys.take("required") {
        match log.switched(site, "required", pair) {
            Some(true) => log.add(Breaking, site, "is now required (`Option<T>` becomes `T`)"),
            Some(false) => log.add(Breaking, site, "is now optional (`T` becomes `Option<T>`)"),
            None => {}
        }
    }
    if let Some(pair) = keys.take("schema") {
        let at = At::new(site.key("schema"), Direction::SENT);
        schema::compare_pair(log, &at, pair);
    }
    keys.finish(log);
}

/// `None` unless each parameter has a name and a location of its own.
fn listed(parameters: Option<&Value>) -> Option<Vec<Parameter<'_>>> {
    let mut found: Vec<Parameter> = Vec::new();
    let Some(parameters) = parameters else {
        return Some(found);
    };
    for (index, value) in parameters.as_array()?.iter().enumerate() {
        let parameter = Parameter {
            index,
            name: value.get("name")?.as_str()?,
            location: value.get("in")?.as_str()?,
            value,
        };
        if parameter.is_in(&found) {
            return None;
        }
        found.push(parameter);
    }
    Some(found)
}
