-- Full text search over notes, kept in step by triggers; see 0001. Words are reduced to their stems: who asks what
-- somebody likes is to find what they liked.
CREATE VIRTUAL TABLE `note_search` USING fts5(`text`, content='notes', content_rowid='position', tokenize='porter unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER `note_search_insert` AFTER INSERT ON `notes` BEGIN
	INSERT INTO `note_search` (`rowid`, `text`) VALUES (new.`position`, new.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `note_search_delete` AFTER DELETE ON `notes` BEGIN
	INSERT INTO `note_search` (`note_search`, `rowid`, `text`) VALUES ('delete', old.`position`, old.`text`);
END;
--> statement-breakpoint
CREATE TRIGGER `note_search_update` AFTER UPDATE OF `text` ON `notes` WHEN new.`text` IS NOT old.`text` BEGIN
	INSERT INTO `note_search` (`note_search`, `rowid`, `text`) VALUES ('delete', old.`position`, old.`text`);
	INSERT INTO `note_search` (`rowid`, `text`) VALUES (new.`position`, new.`text`);
END;
