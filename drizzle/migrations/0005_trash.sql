DROP INDEX `messages_by_conversation`;--> statement-breakpoint
CREATE INDEX `messages_in_trash` ON `messages` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX `messages_by_conversation` ON `messages` (`conversation_id`,`hidden_under`,`deleted_at`,`position`);--> statement-breakpoint
ALTER TABLE `characters` ADD `tagline` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `characters` ADD `token_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `characters_in_trash` ON `characters` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX `characters_in_lists` ON `characters` (`deleted_at`,`id`,`name`,`nickname`,`tags`,`creator`,`is_favourite`,`token_count`,`created_at`,`updated_at`);--> statement-breakpoint
CREATE INDEX `conversations_in_trash` ON `conversations` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX `lorebooks_in_trash` ON `lorebooks` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX `originals_by_hash` ON `originals` (`hash`);--> statement-breakpoint
CREATE INDEX `personas_in_trash` ON `personas` (`deleted_at`) WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX `voices_in_trash` ON `voices` (`deleted_at`) WHERE deleted_at is not null;