//! A sound file whose sections were edited and sealed again with fitting checksums: what does not
//! fit its form reads as absent, and no walk leaves the bytes.
#![no_main]

use exonym::Gazetteer;
use exonym_fuzz::{SOUND, use_all};
use libfuzzer_sys::fuzz_target;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes of the header, and of a line of the section table.
const HEADER: usize = 32;
const ROW: usize = 24;

fuzz_target!(|edits: &[u8]| {
    let mut sections = sections();
    for edit in edits.chunks(8) {
        let &[section, form, low, high, ref bytes @ ..] = edit else { break };
        let section = usize::from(section) % sections.len();
        let contents = &mut sections[section];
        let at = usize::from(u16::from_le_bytes([low, high])) % (contents.len() + 1);
        let end = (at + bytes.len()).min(contents.len());
        match form % 4 {
            0 => drop(contents.splice(at..end, bytes.iter().copied())),
            1 => drop(contents.splice(at..at, bytes.iter().copied())),
            2 => drop(contents.drain(at..end)),
            _ => contents.truncate(at),
        }
    }
    let bytes = sealed(&sections);
    if let Ok(gazetteer) = Gazetteer::over(bytes) {
        let _ = gazetteer.verify();
        use_all(&gazetteer);
    }
});

/// The sections of the sound file.
fn sections() -> Vec<Vec<u8>> {
    let number =
        |at: usize| u64::from_le_bytes(SOUND[at..at + 8].try_into().expect("8 bytes")) as usize;
    let section = |row: usize| {
        let (start, length) = (number(HEADER + ROW * row), number(HEADER + ROW * row + 8));
        SOUND[start..start + length].to_vec()
    };
    (0..usize::from(SOUND[15])).map(section).collect()
}

/// A file of these sections with the sound file's versions.
fn sealed(sections: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = SOUND[..HEADER].to_vec();
    let mut offset = HEADER + ROW * sections.len();
    for section in sections {
        for number in [offset as u64, section.len() as u64, xxh3_64(section)] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        offset += section.len();
    }
    bytes[16..24].copy_from_slice(&(offset as u64).to_le_bytes());
    bytes[24..32].fill(0);
    let checksum = xxh3_64(&bytes);
    bytes[24..32].copy_from_slice(&checksum.to_le_bytes());
    sections.iter().for_each(|section| bytes.extend_from_slice(section));
    bytes
}
