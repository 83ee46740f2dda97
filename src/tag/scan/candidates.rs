//! From a key to candidates: the names of all layers with this key that meet the text.
//!
//! In: the key's rows in each layer, and the shape of the text that has it. Out: candidates, most important first.

use super::*;

impl<'g> Mentions<'_, 'g> {
    /// The names that meet the text, most important first; `ends` are those of a key in each layer
    /// that has it.
    pub(super) fn candidates(
        &mut self,
        ends: &[End],
        shape: &Shape,
        span: Span,
    ) -> SmallVec<[Candidate; 2]> {
        let tagger = self.tagger;
        let lang = lang_of(self.langs.at(span.start).lang);
        let surface = self.text.get(span.range()).unwrap_or_default();
        let mut found = Found::default();
        let mut inherited: Option<Policy> = None;
        let mut natives: SmallVec<[(u16, EntityKey); 2]> = SmallVec::new();
        for (at, &End { layer: number, row: first, .. }) in ends.iter().enumerate() {
            // Nothing inherits from it.
            let last = at + 1 == ends.len();
            let Some(layer) = tagger.scan.layers.get(usize::from(number)) else { continue };
            let mut own: Option<Policy> = None;
            // Most rows of an entity follow each other. That of the row before, if a strong name of it met
            // the text: others add nothing; and the last one with a name in the text's language.
            let (mut settled, mut native) = (None, None);
            for (row_number, row) in layer.view.key_rows(first) {
                let row = &row;
                let key = EntityKey { layer: number, index: row.entity.get() };
                if lang != 0
                    && native != Some(row.entity)
                    && layer.langs.get(usize::from(row.lang.get())) == Some(&lang)
                {
                    native = Some(row.entity);
                    natives.push((number, tagger.layers.primary(key)));
                }
                let is_settled = settled == Some(row.entity) && row.role() != Role::Retract;
                if is_settled && last {
                    continue;
                }
                let policy = match inherited {
                    Some(policy) if !row.has(Row::STATED) => policy,
                    _ => row.policy(),
                };
                if is_settled {
                    own = own.map(|own| own.min(policy));
                    continue;
                }
                let entity = tagger.layers.primary(key);
                if row.role() == Role::Retract {
                    found.take_back(entity);
                    continue;
                }
                if !self.speaks(|| layer.view.lang(row)) {
                    continue;
                }
                own = Some(own.map_or(policy, |own| own.min(policy)));
                let name = || layer.view.name(row_number);
                let refused = policy::test(row, policy, shape, self.case, surface, name)
                    .and_then(|()| self.in_time(layer.view, row_number, row))
                    .err();
                if let Some(attempts) = &mut self.attempts {
                    attempts.push(Attempt { span, layer: number, row: row_number, refused });
                }
                if refused.is_none() && !tagger.layers.retracts(entity) {
                    found.add(tagger, row, row_number, number, entity, policy);
                    let settles = row.role() != Role::Demonym && !policy.has(Policy::WEAK);
                    settled = (settles && self.attempts.is_none()).then_some(row.entity);
                }
            }
            inherited = inherited.or(own);
        }
        let mut candidates = found.candidates;
        if !natives.is_empty() {
            natives.sort_unstable();
            for candidate in &mut candidates {
                let own = (candidate.layer, candidate.entity);
                candidate.native = natives.binary_search(&own).is_ok();
            }
        }
        if candidates.len() > 1 {
            candidates.sort_by(|one, other| {
                other.prior.total_cmp(&one.prior).then_with(|| one.entity.cmp(&other.entity))
            });
        }
        candidates
    }

    /// Tests the name's period against the document's date.
    pub(super) fn in_time(&self, view: View<'_>, number: u32, row: &Row) -> Result<(), Mismatch> {
        let Some(date) = self.date.filter(|_| row.has(Row::DATED)) else { return Ok(()) };
        let (since, until) = view.dates(number);
        let outside =
            since.is_some_and(|since| date < since) || until.is_some_and(|until| date > until);
        if outside { Err(Mismatch::Date) } else { Ok(()) }
    }

    /// True if names in `lang` are asked for.
    pub(super) fn speaks<'l>(&self, lang: impl Fn() -> &'l str) -> bool {
        let wanted = &self.tagger.options.langs;
        wanted.is_empty() || {
            let lang = lang();
            let is_lang =
                |wanted: &String| wanted == lang || lang.split('-').next() == Some(wanted.as_str());
            lang.is_empty() || wanted.iter().any(is_lang)
        }
    }
}

/// The candidates of one mention, found by their entities.
#[derive(Default)]
struct Found {
    candidates: SmallVec<[Candidate; 2]>,
    /// Where each stands, once there are more than [`FEW`](Self::FEW).
    places: words::ByHash<usize>,
}

impl Found {
    /// Candidates that are looked through one by one. Some names are those of thousands.
    const FEW: usize = 16;

    /// The candidate of an entity.
    fn of(&mut self, entity: EntityKey) -> Option<&mut Candidate> {
        if self.candidates.len() <= Self::FEW {
            return self.candidates.iter_mut().find(|known| known.entity == entity);
        }
        if self.places.is_empty() {
            let all = self.candidates.iter().zip(0..);
            self.places = all.map(|(known, at)| (known.entity.hash(), at)).collect();
        }
        let at = *self.places.get(&entity.hash())?;
        self.candidates.get_mut(at)
    }

    /// Gives up the candidate of an entity.
    fn take_back(&mut self, entity: EntityKey) {
        if self.of(entity).is_some() {
            self.candidates.retain(|candidate| candidate.entity != entity);
            self.places.clear();
        }
    }

    /// Adds a candidate, or strengthens the one its entity already has.
    fn add(
        &mut self,
        tagger: &Tagger<'_>,
        row: &Row,
        number: u32,
        layer: u16,
        entity: EntityKey,
        policy: Policy,
    ) {
        let role = row.role();
        let demonym = role == Role::Demonym;
        let capital = row.capitals & 1 != 0;
        if let Some(known) = self.of(entity) {
            // The strongest of an entity's names with this key counts; a plain name beats a demonym.
            let weaker =
                known.is_demonym() && !demonym || known.is_weak() && !policy.has(Policy::WEAK);
            if weaker && (!demonym || known.is_demonym()) {
                (known.row, known.layer, known.policy) = (number, layer, policy);
                (known.role, known.capital) = (role, capital);
            }
            return;
        }
        let facts = tagger.layers.facts(entity);
        if !self.places.is_empty() {
            self.places.insert(entity.hash(), self.candidates.len());
        }
        self.candidates.push(Candidate {
            entity,
            layer,
            row: number,
            policy,
            prior: facts.weight.max(0.0),
            kind: facts.kind,
            role,
            capital,
            native: false,
        });
    }
}
