//! One import under way: options, problems, counts, and the gate through which every row passes.
//!
//! In: what a source has read of an entity, an `Entity` of facts with its names. Out: records that
//! keep the contract and do not contradict each other: whatever a source's files hold, its rows
//! compile. What is given up for that is told as a problem.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use super::files::{self, At, Input};
use super::{ImportOptions, ImportReport};
use crate::error::Error;
use crate::normalize::Normalizer;
use crate::record::{Date, Kind, Origin, Policy, Problem, Record, Role};
use crate::record::{check_name, is_curie};

/// One name of an entity, as a source states it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) lang: String,
    pub(super) role: Option<Role>,
    pub(super) policy: Option<Policy>,
    pub(super) since: Option<Date>,
    pub(super) until: Option<Date>,
}

impl Form {
    /// A display form.
    pub(super) fn canonical(name: impl Into<String>, lang: &str) -> Self {
        Self::new(name, lang, Role::Canonical)
    }

    /// Any other full name.
    pub(super) fn variant(name: impl Into<String>, lang: &str) -> Self {
        Self::new(name, lang, Role::Variant)
    }

    /// A name with its role.
    pub(super) fn new(name: impl Into<String>, lang: &str, role: Role) -> Self {
        Self { name: name.into(), lang: lang.to_owned(), role: Some(role), ..Self::default() }
    }

    /// The same, held back without evidence.
    pub(super) fn weak(self) -> Self {
        Self { policy: Some(Policy::WEAK), ..self }
    }
}

/// What became of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Its rows are out.
    Yes,
    /// It is left out, and so are its further names.
    No,
    /// It had no name that could be kept; it may come again with one.
    Nameless,
}

/// An import under way.
pub(super) struct Run<'a> {
    pub(super) options: &'a ImportOptions,
    title: &'static str,
    files: Vec<PathBuf>,
    /// Names of the inputs, and the file given that each belongs to.
    shown: Vec<(String, u16)>,
    keep: &'a mut dyn FnMut(Record) -> Result<(), Error>,
    tell: &'a mut dyn FnMut(&Problem),
    report: ImportReport,
    ids: HashSet<u64>,
    curies: HashSet<u64>,
    parents: HashMap<u64, u64>,
    normalizer: Normalizer,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        title: &'static str,
        files: &[PathBuf],
        options: &'a ImportOptions,
        keep: &'a mut dyn FnMut(Record) -> Result<(), Error>,
        tell: &'a mut dyn FnMut(&Problem),
    ) -> Self {
        Self {
            options,
            title,
            files: files.to_vec(),
            shown: Vec::new(),
            keep,
            tell,
            report: ImportReport::default(),
            ids: HashSet::new(),
            curies: HashSet::new(),
            parents: HashMap::new(),
            normalizer: Normalizer::new(),
        }
    }

    pub(super) fn report(self) -> ImportReport {
        self.report
    }

    /// The files to read; of folders and archives those with `wanted` names.
    ///
    /// # Errors
    /// If one cannot be opened, or holds nothing wanted.
    pub(super) fn inputs(&mut self, wanted: fn(&str) -> bool) -> Result<Vec<Input>, Error> {
        files::inputs(&self.files, wanted, &mut self.shown)
    }

    /// The file of this name beside another.
    pub(super) fn beside(&mut self, input: &Input, name: &str) -> Option<Input> {
        files::beside(input, name, &mut self.shown)
    }

    /// Counts a line or row read.
    pub(super) fn read(&mut self) {
        self.report.read += 1;
    }

    /// Counts what is left out on purpose.
    pub(super) fn left_out(&mut self, reason: &'static str) {
        *self.report.left_out.entry(reason).or_default() += 1;
    }

    /// Counts the classes of an entity that was kept without a kind.
    pub(super) fn without_kind<'c>(&mut self, classes: impl IntoIterator<Item = &'c str>) {
        for class in classes {
            match self.report.without_kind.get_mut(class) {
                Some(count) => *count += 1,
                None => drop(self.report.without_kind.insert(class.to_owned(), 1)),
            }
        }
    }

    /// Tells of what is not as it should be.
    ///
    /// # Errors
    /// The problem itself, if the import is strict.
    pub(super) fn problem(&mut self, at: At, reason: impl Into<String>) -> Result<(), Error> {
        let shown = self.shown.get(usize::from(at.input));
        let file = shown.map_or_else(String::new, |(name, _)| name.clone());
        let reason = reason.into();
        let problem = Problem { file, line: at.line, column: String::new(), reason };
        self.report.problems += 1;
        if self.options.strict {
            return Err(vec![problem].into());
        }
        (self.tell)(&problem);
        Ok(())
    }

    /// The key of a name: empty if it has neither letter nor digit.
    pub(super) fn key(&self, name: &str) -> String {
        self.normalizer.key(name).into_owned()
    }

    /// True once for each id.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        self.ids.insert(xxh3_64(id.as_bytes()))
    }

    /// True if no country is asked for, or this one.
    pub(super) fn wants_country(&self, country: &str) -> bool {
        let asked = &self.options.countries;
        asked.is_empty() || asked.iter().any(|code| code == country)
    }

    /// True if no language is asked for, or this one, or the name has none.
    pub(super) fn wants_lang(&self, lang: &str) -> bool {
        let asked = &self.options.langs;
        let primary = lang.split('-').next().unwrap_or_default();
        lang.is_empty()
            || asked.is_empty()
            || asked.iter().any(|code| code == lang || code == primary)
    }

    /// The kind of the first class that is asked for; `None` if none is. Without classes asked
    /// for, `known` says the kind.
    pub(super) fn class<'c>(
        &self,
        classes: impl IntoIterator<Item = &'c str>,
        known: impl Fn(&str) -> Option<Kind>,
    ) -> Option<Option<Kind>> {
        let asked = &self.options.classes;
        for class in classes {
            if asked.is_empty() {
                if let Some(kind) = known(class) {
                    return Some(Some(kind));
                }
            } else if let Some((_, kind)) = asked.iter().find(|(asked, _)| asked == class) {
                return Some(kind.or_else(|| known(class)));
            }
        }
        None
    }

    /// Keeps an entity: `facts` has its id and entity columns and no name. It is not kept if a
    /// filter leaves it out, its id is unfit or listed before, or no name is left.
    ///
    /// # Errors
    /// As [`problem`](Self::problem), and what the receiver answers.
    pub(super) fn entity(
        &mut self,
        at: At,
        facts: Record,
        names: impl IntoIterator<Item = Form>,
    ) -> Result<Kept, Error> {
        let hash = xxh3_64(facts.id.as_bytes());
        if !self.ids.insert(hash) {
            self.left_out("listed before");
            return Ok(Kept::No);
        }
        let kept = self.new_entity(at, facts, names)?;
        if kept == Kept::Nameless {
            self.ids.remove(&hash);
        }
        Ok(kept)
    }

    /// The same for an entity whose id the source knows to be new.
    pub(super) fn new_entity(
        &mut self,
        at: At,
        mut facts: Record,
        names: impl IntoIterator<Item = Form>,
    ) -> Result<Kept, Error> {
        if let Err(reason) = check_id(&facts.id) {
            self.problem(at, reason)?;
            return Ok(Kept::No);
        }
        if !self.wants_country(&facts.country) {
            self.left_out("of another country");
            return Ok(Kept::No);
        }
        facts.kind = facts.kind.or(self.options.kind);
        if self.is_too_small(&facts) {
            self.left_out("of fewer people");
            return Ok(Kept::No);
        }
        let mut forms: Vec<Form> = Vec::new();
        for form in names {
            if form.name.trim().is_empty() {
                continue;
            }
            let Some(form) = self.form(at, form)? else { continue };
            if !forms.iter().any(|known| known.name == form.name && known.lang == form.lang) {
                forms.push(form);
            }
        }
        if forms.is_empty() {
            self.left_out("without a name");
            return Ok(Kept::Nameless);
        }
        one_canonical_each(&mut forms);
        self.check_facts(at, &mut facts)?;
        facts.source = self.title.to_owned();
        self.report.entities += 1;
        let mut facts = Some(facts);
        let id = facts.as_ref().map(|facts| facts.id.clone()).unwrap_or_default();
        for form in forms {
            let base = facts.take().unwrap_or_else(|| Record::new(id.clone(), ""));
            self.put(at, base, form)?;
        }
        Ok(Kept::Yes)
    }

    /// Keeps a further name of an entity that was kept.
    ///
    /// # Errors
    /// As [`entity`](Self::entity).
    pub(super) fn name(&mut self, at: At, id: &str, form: Form) -> Result<(), Error> {
        match self.form(at, form)? {
            Some(form) => self.put(at, Record::new(id, ""), form),
            None => Ok(()),
        }
    }

    fn put(&mut self, at: At, base: Record, form: Form) -> Result<(), Error> {
        let file = self.shown.get(usize::from(at.input)).map_or(0, |(_, owner)| *owner);
        let origin = Origin { file, line: u32::try_from(at.line).unwrap_or(0) };
        let Form { name, lang, role, policy, since, until } = form;
        self.report.names += 1;
        (self.keep)(Record { name, lang, role, policy, since, until, origin, ..base })
    }

    /// The name as the contract has it; `None` if it is told or left out.
    fn form(&mut self, at: At, mut form: Form) -> Result<Option<Form>, Error> {
        form.name = one_line(&form.name);
        if form.name.is_empty() {
            return Ok(None);
        }
        if form.lang.is_empty() {
            form.lang.clone_from(&self.options.lang);
        }
        match language(&form.lang) {
            Some(lang) => form.lang = lang,
            None => {
                self.problem(at, format!("`{}` is no language tag such as fr", form.lang))?;
                form.lang.clear();
            }
        }
        if !self.wants_lang(&form.lang) {
            self.left_out("names in other languages");
            return Ok(None);
        }
        let fault = if form.name.contains('|') {
            Some(format!("`{}` holds `|`, which separates names", form.name))
        } else if form.name.contains('\u{FFFD}') {
            Some(format!("`{}` was damaged by a wrong encoding", form.name))
        } else {
            check_name(&form.name, &self.key(&form.name)).err()
        };
        if let Some(reason) = fault {
            self.problem(at, reason)?;
            return Ok(None);
        }
        if let (Some(since), Some(until)) = (form.since, form.until)
            && since > until
        {
            self.problem(at, format!("`{}` begins {since}, after its end {until}", form.name))?;
            (form.since, form.until) = (None, None);
        }
        Ok(Some(form))
    }

    fn is_too_small(&self, facts: &Record) -> bool {
        let settlement = matches!(
            facts.kind,
            None | Some(Kind::City | Kind::Locality | Kind::Neighbourhood | Kind::Other)
        );
        settlement && facts.weight.unwrap_or(0.0) < self.options.min_population
    }

    /// Takes out of the facts what breaks the contract, or what another entity has stated.
    fn check_facts(&mut self, at: At, facts: &mut Record) -> Result<(), Error> {
        let code = facts.country.as_str();
        if !(code.is_empty() || (code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()))) {
            self.problem(at, format!("`{code}` is no ISO 3166-1 alpha-2 code such as IQ"))?;
            facts.country.clear();
        }
        if let Some((lat, lon)) = facts.location
            && !(lat.abs() <= 90.0 && lon.abs() <= 180.0)
        {
            self.problem(at, format!("{lat}, {lon} are no latitude and longitude in degrees"))?;
            facts.location = None;
        }
        facts.weight = facts.weight.filter(|weight| weight.is_finite() && *weight >= 0.0);
        if check_id(&facts.parent).is_err() {
            facts.parent.clear();
        }
        let mut same_as = std::mem::take(&mut facts.same_as);
        same_as.retain(|curie| *curie != facts.id);
        for curie in same_as {
            if !is_curie(&curie) || check_id(&curie).is_err() {
                self.problem(at, format!("`{curie}` is no CURIE such as wikidata:Q858"))?;
            } else if self.curies.insert(xxh3_64(curie.as_bytes())) {
                facts.same_as.push(curie);
            } else {
                self.problem(at, format!("{curie} stands on another entity already"))?;
            }
        }
        facts.attributes.retain_mut(|(_, value)| {
            *value = one_line(value);
            !value.is_empty()
        });
        Ok(())
    }

    /// The parent of an entity, if that closes no circle; a circle is told.
    ///
    /// # Errors
    /// As [`problem`](Self::problem).
    pub(super) fn parent(&mut self, at: At, id: &str, parent: &str) -> Result<String, Error> {
        if parent.is_empty() {
            return Ok(String::new());
        }
        let child = xxh3_64(id.as_bytes());
        let mut next = Some(xxh3_64(parent.as_bytes()));
        let mut steps = 0;
        while let Some(above) = next {
            if above == child || steps > 1000 {
                self.problem(at, format!("`{id}` contains itself through its parent `{parent}`"))?;
                return Ok(String::new());
            }
            next = self.parents.get(&above).copied();
            steps += 1;
        }
        self.parents.insert(child, xxh3_64(parent.as_bytes()));
        Ok(parent.to_owned())
    }
}

/// One display form in each language, and one at least.
fn one_canonical_each(forms: &mut [Form]) {
    let mut langs: HashSet<String> = HashSet::new();
    for form in forms.iter_mut().filter(|form| form.role == Some(Role::Canonical)) {
        if !langs.insert(form.lang.clone()) {
            form.role = Some(Role::Variant);
        }
    }
    if langs.is_empty() {
        let best = forms.iter_mut().min_by_key(|form| match form.role {
            Some(Role::Variant) | None => 0,
            Some(Role::Short) => 1,
            Some(Role::Historic) => 2,
            _ => 3,
        });
        // What is found by lookup only, or former, stays so.
        if let Some(form) = best
            && matches!(form.role, None | Some(Role::Variant | Role::Short))
        {
            form.role = Some(Role::Canonical);
        }
    }
}

/// The text without blanks around it, every run of blanks and control characters one blank.
pub(super) fn one_line(text: &str) -> String {
    let blank = |char: char| char.is_whitespace() || char.is_control();
    let plain = !text.chars().any(|char| char != ' ' && blank(char)) && !text.contains("  ");
    if plain {
        return text.trim().to_owned();
    }
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A language tag as the contract has it; empty for "undetermined" and the like.
pub(super) fn language(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let (primary, rest) = tag.split_once('-').unwrap_or((&tag, ""));
    let primary = primary.to_ascii_lowercase();
    if ["", "und", "mul", "mis", "zxx", "root"].contains(&primary.as_str()) {
        return Some(String::new());
    }
    let valid = (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_lowercase())
        && tag.len() <= 35
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let tail = if rest.is_empty() { String::new() } else { format!("-{rest}") };
    valid.then(|| format!("{primary}{tail}"))
}

fn check_id(id: &str) -> Result<(), String> {
    if id.chars().any(|char| char.is_whitespace() || char.is_control()) {
        return Err(format!("the id `{}` holds a blank", one_line(id)));
    }
    if id.len() > 250 {
        return Err(format!("an id of {} bytes; it has at most 250", id.len()));
    }
    Ok(())
}

/// A set of numbers, one bit for each up to the largest.
#[derive(Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Adds a number; true if it is new. Numbers of a thousand million and more are not kept.
    pub(super) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        if number >= 1 << 30 {
            return true;
        }
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let Some(slot) = self.0.get_mut(word) else { return true };
        let new = *slot & bit == 0;
        *slot |= bit;
        new
    }

    /// Takes a number out again.
    pub(super) fn remove(&mut self, number: u32) {
        if let Some(word) = self.0.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    /// True if the number was added.
    pub(super) fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }
}
