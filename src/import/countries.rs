//! Codes of countries, as sources write them: of two letters, of three, by name, by item.
//!
//! Names and items are those of the embedded gazetteer.

use crate::gazetteer::Gazetteer;
use crate::record::Kind;

/// ISO 3166-1: alpha-3 and alpha-2, one after the other.
const ALPHA3: &str = include_str!("../data/countries.txt");

/// The code of two letters for a code of two or three letters, in whatever case.
pub(super) fn from_code(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    let mut pairs = ALPHA3.lines().filter_map(|line| line.split_once(' '));
    pairs.find(|(three, two)| *three == code || *two == code).map(|(_, two)| two.to_owned())
}

/// The code of the country with this name.
pub(super) fn from_name(name: &str) -> Option<String> {
    let found = Gazetteer::embedded().lookup(name);
    let country = found.iter().find(|found| !found.decoy && found.entity().kind() == Kind::Country);
    country.and_then(|found| found.entity().country())
}

/// The code of the country with this external id, such as `wikidata:Q858`.
pub(super) fn from_id(id: &str) -> Option<String> {
    let entity = Gazetteer::embedded().entity(id)?;
    (entity.kind() == Kind::Country).then(|| entity.country()).flatten()
}
