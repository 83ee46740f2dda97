//! The HTML page: hostile text stays text, the page is well formed, whole in itself, and the same
//! each time.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use exonym::{
    Date, Document, Gazetteer, GazetteerBuilder, Page, Record, TagOptions, Tagged, Tagger,
};

use crate::cases::compile;

const LIST: &str = "\
id,name,lang,role,policy,kind,country,parent,lat,lon,weight,same_as
iraq,Iraq,en,canonical,,country,IQ,,33,44,40000000,iso:IQ
iraq,Irak,fr,canonical,,,,,,,,
iraq,irakien|irakienne,fr,demonym,,,,,,,,
mosul,Mosul,en,canonical,,city,IQ,iraq,36.34,43.13,1700000,wikidata:Q83081|geonames:99072
mosul,Mossoul,fr,canonical,,,,,,,,
mosul,الموصل,ar,canonical,,,,,,,,
nice,Nice,,canonical,weak,city,FR,,43.7,7.26,340000,
university,University of Mosul,en,canonical,,site,IQ,mosul,36.38,43.14,,
is,Islamic State,en,canonical,,armed_group,,,,,,
is,IS,en,abbreviation,,,,,,,,
odd,Fils,,variant,strong,organization,,,,,,
odd,<i>Œuvre</i> & Fils,,canonical,,,,,,,,\"wikidata:Q1\"\"onload=x|site:<x>\"
";

/// Documents as id, text and language.
fn page(gazetteer: &Gazetteer, options: TagOptions, documents: &[(&str, &str, &str)]) -> String {
    let tagger = Tagger::new(gazetteer).unwrap().options(options);
    let mut html = Vec::new();
    let mut page = Page::begin(&mut html, &tagger, "A \"title\" </title>", "").unwrap();
    for (id, text, lang) in documents {
        let document = Document::new(text).lang(lang).date(Date::parse("2016-10-17"));
        page.document(id, document.clone(), &tagger.tag(document)).unwrap();
    }
    page.end().unwrap();
    String::from_utf8(html).unwrap()
}

fn small() -> Gazetteer {
    Gazetteer::from_bytes(compile(LIST)).unwrap()
}

/// One tag of a page: name, attributes, and whether it closes.
#[derive(Debug)]
struct Tag<'h> {
    name: &'h str,
    attributes: Vec<(&'h str, &'h str)>,
    closes: bool,
    empty: bool,
}

impl<'h> Tag<'h> {
    fn get(&self, name: &str) -> Option<&'h str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// Splits a page into tags and texts, and fails on anything that a strict reader would not take.
fn read(html: &str) -> (Vec<Tag<'_>>, String) {
    let (mut tags, mut texts) = (Vec::new(), String::new());
    let mut rest = html.strip_prefix("<!doctype html>\n").expect("a doctype");
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "a bare > in {text:?}");
        texts.push_str(text);
        let mut inside = after;
        let closes = inside.strip_prefix('/').inspect(|after| inside = after).is_some();
        let end = inside.find(|char: char| !char.is_ascii_alphanumeric()).expect("a tag's end");
        let (name, mut inside) = inside.split_at(end);
        assert!(!name.is_empty(), "a bare < before {:?}", &after[..after.len().min(40)]);
        let mut attributes = Vec::new();
        while let Some(next) = inside.strip_prefix(' ') {
            let end = next.find(['=', ' ', '>', '/']).expect("an attribute's end");
            let attribute = &next[..end];
            assert!(!attribute.starts_with("on"), "a handler: {attribute}");
            inside = &next[end..];
            let mut value = "";
            if let Some(quoted) = inside.strip_prefix("=\"") {
                (value, inside) = quoted.split_once('"').expect("a closing quote");
                assert!(!value.contains(['<', '>', '\n']), "{attribute}={value}");
            }
            attributes.push((attribute, value));
        }
        let empty = inside.strip_prefix('/').inspect(|after| inside = after).is_some();
        rest = inside.strip_prefix('>').unwrap_or_else(|| panic!("{name} ends with {inside:.20}"));
        if !closes && ["style", "script"].contains(&name) {
            rest = &rest[rest.find(&format!("</{name}>")).expect("its end")..];
        }
        tags.push(Tag { name, attributes, closes, empty });
    }
    assert_eq!(rest, "\n");
    for (at, _) in texts.match_indices('&') {
        let name = texts[at + 1..].split_once(';').expect("a bare &").0;
        assert!(["amp", "lt", "gt", "quot", "#39", "#10"].contains(&name), "&{name};");
    }
    (tags, texts)
}

/// Balanced tags, no link in a link, unique ids, links that lead somewhere, nothing fetched.
fn check(html: &str) -> Vec<Tag<'_>> {
    let (tags, _) = read(html);
    let mut open: Vec<&str> = Vec::new();
    let (mut ids, mut links) = (HashSet::new(), Vec::new());
    for tag in &tags {
        if tag.closes {
            assert_eq!(open.pop(), Some(tag.name), "{open:?}");
            continue;
        }
        assert!(tag.get("src").is_none() && tag.get("srcset").is_none(), "{tag:?}");
        assert!(
            !["link", "img", "iframe", "object", "form", "base"].contains(&tag.name),
            "{tag:?}"
        );
        if let Some(id) = tag.get("id") {
            assert!(ids.insert(id), "twice: {id}");
        }
        if tag.name == "a" {
            assert!(!open.contains(&"a"), "a link in a link: {tag:?}");
            links.push(tag.get("href").expect("an address"));
        }
        if !tag.empty && !["meta", "input", "br"].contains(&tag.name) {
            open.push(tag.name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    for link in links {
        let number = |space: &str| {
            let digits = link.strip_prefix(space)?;
            (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(())
        };
        let outside = number("https://www.wikidata.org/wiki/Q")
            .or_else(|| number("https://www.geonames.org/"))
            .is_some();
        let inside = link.strip_prefix('#').is_some_and(|id| ids.contains(id));
        assert!(outside || inside, "a link to {link}");
    }
    let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    assert!(!style.contains("url(") && !style.contains("@import"), "the style fetches something");
    tags
}

#[test]
fn marks_links_and_counts() {
    let gazetteer = small();
    let text = "Mosul fell in 2014. Mossoul, Mossoul… Nice, said IS: Islamic State. A Nice day.";
    let html = page(&gazetteer, TagOptions::default(), &[("a1", text, "en"), ("a2", "Mosul", "")]);
    let tags = check(&html);
    let classes: Vec<_> =
        tags.iter().filter(|tag| tag.name == "mark").filter_map(|tag| tag.get("class")).collect();
    let (places, groups) = (["place"; 3], ["group"; 2]);
    assert_eq!(classes[2..], [places.as_slice(), &groups, &["place"]].concat(), "after the legend");
    assert!(html.contains("<p class=\"summary\">2 documents, 6 mentions, 2 entities (1 place, 1 group); 2 rejected</p>"), "{html}");
    let row = html.split_once("<tr id=\"e1\"").unwrap().1.split_once("</tr>").unwrap().0;
    assert!(row.contains("<td>4</td><td>2</td>"), "{row}");
    assert!(
        row.contains("<bdi>Mossoul</bdi> <b>2</b>") && row.contains("<bdi>Mosul</bdi> <b>2</b>")
    );
    assert!(row.contains(">city, Iraq</span>") && row.contains(">geonames:99072</a>"), "{row}");
    assert!(html.contains("<summary>2 mentions rejected</summary>"), "{html}");
    assert!(
        html.contains("title=\"rejected: \u{2068}Nice\u{2069}: city, FR&#10;a weak name"),
        "{html}"
    );
    assert!(html.contains("<small>2016-10-17</small>"));
    assert!(!html.contains("<svg"), "a map of one place");
}

#[test]
fn hostile_texts_stay_text() {
    let gazetteer = small();
    let text = "<script>alert('Mosul')</script> & &amp; \"Mosul\"> <!-- Iraq --> ]]> \0\u{1b}\u{9d}\u{FFFF} \
        \u{202E}Irak\u{202C} </div></article> Œuvre & <b>Fils</b> Mosul\u{202E}";
    let id = "x\" onmouseover=\"alert(1)\n</h2><img src=x>\u{202E}";
    let html = page(&gazetteer, TagOptions::default(), &[(id, text, "en\" onclick=\"x")]);
    let tags = check(&html);
    assert!(!tags.iter().any(|tag| tag.name == "b" && tag.get("class").is_some()));
    assert_eq!(html.matches("<script").count(), 1, "the page's own only");
    assert!(!html.contains("lang=\"en\" "), "a language that is none");
    let allowed = |char: char| !char.is_control() || char == '\n';
    assert!(html.chars().all(allowed), "a control character");
    assert!(html.contains("&lt;script&gt;alert(&#39;<mark"), "{html}");
    assert!(html.contains("\u{2400}\u{241b}\u{FFFD}\u{FFFD}"));
    assert!(!html.contains('\u{202E}') && html.contains("<code class=\"hidden\">U+202E</code>"));
    // A list may be hostile, too.
    let name = "&lt;i&gt;Œuvre&lt;/i&gt; &amp; Fils";
    assert!(
        html.contains(&format!("title=\"\u{2068}{name}\u{2069}: organization\">Fils</a>")),
        "{html}"
    );
    assert!(html.contains(&format!("<bdi>{name}</bdi>")), "{html}");
    assert!(html.contains("<code>wikidata:Q1&quot;onload=x</code>"), "{html}");
    assert!(html.contains("<code>site:&lt;x&gt;</code>"), "{html}");
}

#[test]
fn the_text_is_all_there() {
    let gazetteer = small();
    let text = "Première phrase de l’Irak.\n\n\tDeuxième : Mossoul & <Mosul>…\n معركة الموصل\n";
    let html = page(&gazetteer, TagOptions::default(), &[("", text, "fr")]);
    check(&html);
    let shown = html.split_once("<div class=\"text\" dir=\"auto\" lang=\"fr\">").unwrap().1;
    let (tags, texts) = (shown.split_once("</div>\n").unwrap().0, "<!doctype html>\n");
    let shown = read(&format!("{texts}{tags}<p>\n")).1;
    let plain = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(plain, text);
    assert!(html.contains("<bdi>Document 1</bdi>"));
}

#[test]
fn nested_and_crossing_mentions() {
    let gazetteer = Gazetteer::from_bytes(compile(
        "id,name,policy\nuniversity,University of Mosul,strong\nmosul,Mosul,strong\ncity,Mosul City Council,strong\n\
         hall,City Council Hall,strong\n",
    ))
    .unwrap();
    let mut options = TagOptions::default();
    options.overlapping = true;
    let text = "the University of Mosul City Council Hall burned";
    let html = page(&gazetteer, options, &[("a", text, "en")]);
    check(&html);
    assert!(html.contains("1 document, 4 mentions, 4 entities"), "{html}");
    let shown =
        html.split_once("dir=\"auto\" lang=\"en\">").unwrap().1.split_once("</div>").unwrap().0;
    let marks = shown.matches("<mark").count();
    assert!(marks > 4, "crossing mentions go on after the cut: {shown}");
    assert_eq!(read(&format!("<!doctype html>\n{shown}<p>\n")).1, text);
}

#[test]
fn spans_of_another_text_are_left_out() {
    let gazetteer = small();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let tagged = tagger.tag("In Mosul and Irak, Nice.");
    let mut html = Vec::new();
    let mut page = Page::begin(&mut html, &tagger, "", "fr").unwrap();
    page.document("short", "In M", &tagged).unwrap();
    page.document("split", "In Mosué and Irak", &tagged).unwrap();
    page.document("empty", "", &Tagged::default()).unwrap();
    page.end().unwrap();
    let html = String::from_utf8(html).unwrap();
    check(&html);
    assert!(html.contains("<p class=\"empty\">This document is empty.</p>"));
    assert!(html.contains("3 documents, "), "{html}");
}

#[test]
fn a_page_without_documents_or_entities() {
    let html = page(&small(), TagOptions::default(), &[]);
    check(&html);
    assert!(html.contains("0 documents, 0 mentions, 0 entities</p>"), "{html}");
    assert!(html.contains("No listed name was accepted."));
}

#[test]
fn demonyms_are_marked_as_such() {
    let mut options = TagOptions::default();
    options.demonyms = true;
    let html = page(&small(), options, &[("a", "L’armée irakienne est en Irak.", "fr")]);
    check(&html);
    assert!(html.contains("<mark class=\"place demonym\" id=\"f1\">"), "{html}");
    assert!(html.contains("id=\"show-demonym\""));
}

#[test]
fn places_lie_where_they_are_on_the_map() {
    let mut builder = GazetteerBuilder::new();
    let places = [("Suva", -18.1, 178.4), ("Apia", -13.8, -171.8), ("Nadi", -17.8, 177.4)];
    for (name, lat, lon) in places {
        let mut record = Record::new(name.to_lowercase(), name);
        record.location = Some((lat, lon));
        builder.add(record);
    }
    let gazetteer = Gazetteer::from_bytes(builder.build().unwrap()).unwrap();
    let html = page(&gazetteer, TagOptions::default(), &[("a", "Suva, Apia, Nadi.", "en")]);
    let tags = check(&html);
    let at = |tag: &Tag<'_>| {
        let number = |name| tag.get(name).unwrap().parse::<f64>().unwrap();
        (number("cx"), number("cy"))
    };
    let circles: Vec<_> =
        tags.iter().filter(|tag| tag.name == "circle" && !tag.closes).map(at).collect();
    let &[suva, apia, nadi] = circles.as_slice() else { panic!("{circles:?}") };
    assert!(nadi.0 < suva.0 && suva.0 < apia.0, "west to east across the date line: {circles:?}");
    assert!(apia.1 < nadi.1 && nadi.1 < suva.1, "north to south: {circles:?}");
    assert!(apia.0 - nadi.0 > 300.0, "the map is zoomed to them: {circles:?}");
    assert!(html.contains("°S</text>") && html.contains("180°"), "a graticule");
}

#[test]
fn far_places_and_countries_do_not_shrink_the_map() {
    let list = "id,name,kind,lat,lon\na,Aleppo,city,36.2,37.16\nb,Homs,city,34.73,36.7\n\
        c,Washington,city,38.9,-77\nd,Russia,country,62,97\n";
    let gazetteer = Gazetteer::from_bytes(compile(list)).unwrap();
    let text = "Aleppo Homs ".repeat(5) + "Washington, Russia";
    let html = page(&gazetteer, TagOptions::default(), &[("a", &text, "en")]);
    let tags = check(&html);
    assert_eq!(tags.iter().filter(|tag| tag.name == "circle" && !tag.closes).count(), 2);
    let beyond =
        html.split_once("Beyond this map: ").unwrap().1.split_once("</figcaption>").unwrap().0;
    assert!(beyond.contains(">Washington<") && beyond.contains(">Russia<"), "{beyond}");
}

#[test]
fn the_policy_allows_the_pages_own_script_and_no_other() {
    let html = page(&small(), TagOptions::default(), &[]);
    let script = html.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    let hash = base64(&sha256(script.as_bytes()));
    assert!(html.contains(&format!("script-src 'sha256-{hash}'")), "page.js has sha256-{hash}");
    assert_eq!(base64(&sha256(b"")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

#[test]
fn the_same_page_each_time() {
    let (gazetteer, twin) = (small(), small());
    let text = "Mosul, Mossoul, الموصل, Irak, IS of Islamic State, Nice. ".repeat(20);
    let documents = [("a", text.as_str(), "en"), ("b", "Iraq", "fr"), ("c", &text, "ar")];
    let first = page(&gazetteer, TagOptions::default(), &documents);
    assert_eq!(first, page(&twin, TagOptions::default(), &documents));
    check(&first);
}

#[test]
fn many_mentions_cost_in_proportion() {
    let gazetteer = small();
    let tagger = Tagger::new(&gazetteer).unwrap();
    let mut sizes = HashMap::new();
    for mentions in [1_000, 10_000] {
        let text = "Mosul Nice ".repeat(mentions / 2);
        let tagged = tagger.tag(&text);
        assert_eq!(tagged.mentions.len() + tagged.rejected.len(), mentions);
        let (mut html, begun) = (Vec::new(), Instant::now());
        let mut page = Page::begin(&mut html, &tagger, "", "").unwrap();
        page.document("a", &text, &tagged).unwrap();
        page.end().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        let html = String::from_utf8(html).unwrap();
        check(&html);
        sizes.insert(mentions, html.split_once("<main>").unwrap().1.len());
    }
    assert!(sizes[&10_000] < 11 * sizes[&1_000], "{sizes:?}");
}

/// A page as a user gets it; `EXONYM_PAGE` keeps it in that file to be looked at.
#[test]
fn real_news_with_the_embedded_gazetteer() {
    let mut options = TagOptions::default();
    options.demonyms = std::env::var_os("EXONYM_PAGE_DEMONYMS").is_some();
    let tagger = Tagger::new(Gazetteer::embedded()).unwrap().options(options);
    let mut html = Vec::new();
    let mut page =
        Page::begin(&mut html, &tagger, "La semaine en Syrie, en Irak et en Ukraine", "fr")
            .unwrap();
    for (id, lang, text) in NEWS {
        let document = Document::new(text).lang(lang).date(Date::parse("2016-10-17"));
        page.document(id, document.clone(), &tagger.tag(document)).unwrap();
    }
    page.end().unwrap();
    let html = String::from_utf8(html).unwrap();
    check(&html);
    if let Some(path) = std::env::var_os("EXONYM_PAGE") {
        std::fs::write(path, html).unwrap();
    }
}

const NEWS: [(&str, &str, &str); 3] = [
    (
        "depeche-2016-10-17.txt",
        "fr",
        "Irak : l’armée lance la bataille de Mossoul\n\n\
         BAGDAD — Les forces irakiennes ont lancé lundi à l’aube l’offensive attendue depuis des mois contre Mossoul, dernier grand bastion de l’État islamique (EI) en Irak. « Le temps de la victoire est venu », a déclaré le Premier ministre depuis Bagdad. Environ trente mille hommes, appuyés par la coalition que dirigent les États-Unis, avancent depuis Qayyarah, au sud, et depuis le Kurdistan, à l’est, où les peshmergas ont repris plusieurs villages près de Bartella et de Qaraqosh.\n\n\
         À Erbil, les Nations unies disent craindre la fuite d’un million de civils. Des camps sont prêts à Dohouk, à Kirkouk et le long du Tigre. De l’autre côté de la frontière, en Syrie, l’EI tient toujours Raqqa et Deir ez-Zor, mais Daech a perdu Dabiq dimanche. Le régime de Damas et son allié, la Russie, poursuivent pendant ce temps leurs frappes sur Alep, Idleb et la Ghouta orientale. Le Hezbollah libanais et des milices venues d’Iran combattent à leurs côtés.\n\n\
         À Nice, où l’on se souvient de l’attentat du 14 juillet, le ministre a dit que « la chute de Mossoul ne sera pas la fin de Daech ». Il se rendra mardi à Washington puis à Ankara.",
    ),
    (
        "وكالة-٤٢.txt",
        "ar",
        "بغداد: القوات العراقية تقترب من الموصل\n\n\
         أعلنت القيادة العسكرية في بغداد يوم الاثنين أن القوات العراقية تقدمت نحو الموصل من ثلاثة محاور، وأنها استعادت قرى عدة من تنظيم داعش قرب الحمدانية وبعشيقة. وقال متحدث باسم التحالف الدولي إن الطائرات الأمريكية قصفت مواقع التنظيم في نينوى وبالموصل نفسها.\n\n\
         وفي سوريا، قصفت الطائرات الروسية حلب وإدلب، بينما دارت معارك بين الجيش السوري وجبهة النصرة في ريف حماة. ودعت الأمم المتحدة إلى هدنة في حلب، وحذرت تركيا من موجة نزوح جديدة نحو غازي عنتاب. وعبر آلاف المدنيين نهر الفرات من الرقة إلى الحسكة.",
    ),
    (
        "зведення-17",
        "uk",
        "Обстріли на Донбасі тривають\n\n\
         За добу в зоні бойових дій поранено трьох військових. Найгарячіше було під Авдіївкою, у Мар’їнці та поблизу Маріуполя; з боку Донецька і Горлівки били міномети. У Києві заявили, що Росія стягує техніку до Ростова-на-Дону та в Крим. Місія ОБСЄ зафіксувала вибухи біля Луганська, Дебальцевого й Попасної. Переговори у Мінську мають продовжитися за участі Німеччини та Франції; Харків і Дніпро приймають переселенців.",
    ),
];

fn sha256(data: &[u8]) -> [u8; 32] {
    // The fractional parts of roots of the first primes, as the standard derives its constants.
    let primes: Vec<u32> = (2..).filter(|n| (2..*n).all(|d| n % d != 0)).take(64).collect();
    let fraction = |root: f64| ((root - root.floor()) * 4_294_967_296.0) as u32;
    let rounds: Vec<u32> = primes.iter().map(|&prime| fraction(f64::from(prime).cbrt())).collect();
    let mut hash: Vec<u32> =
        primes[..8].iter().map(|&prime| fraction(f64::from(prime).sqrt())).collect();
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if data.len() % 64 >= 56 {
        padded.extend([0; 64]);
    }
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&(data.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut words: Vec<u32> =
            block.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for at in 16..64 {
            let (a, b) = (words[at - 15], words[at - 2]);
            let a = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let b = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            words.push(words[at - 16].wrapping_add(a).wrapping_add(words[at - 7]).wrapping_add(b));
        }
        let mut state = hash.clone();
        for at in 0..64 {
            let (a, e) = (state[0], state[4]);
            let choice = (e & state[5]) ^ (!e & state[6]);
            let majority = (a & state[1]) ^ (a & state[2]) ^ (state[1] & state[2]);
            let one = (e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25))
                .wrapping_add(state[7])
                .wrapping_add(choice)
                .wrapping_add(rounds[at])
                .wrapping_add(words[at]);
            let two = (a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22))
                .wrapping_add(majority);
            state.rotate_right(1);
            state[4] = state[4].wrapping_add(one);
            state[0] = one.wrapping_add(two);
        }
        for (sum, part) in hash.iter_mut().zip(state) {
            *sum = sum.wrapping_add(part);
        }
    }
    let bytes: Vec<u8> = hash.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = (0..3).fold(0, |sum, at| sum << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for digit in 0..4 {
            let value = number >> (18 - 6 * digit) & 63;
            text.push(if digit > chunk.len() { '=' } else { DIGITS[value as usize] as char });
        }
    }
    text
}
