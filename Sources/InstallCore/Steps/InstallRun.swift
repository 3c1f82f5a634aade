/// An installation under way: its target, and the journal that every change goes through.
struct InstallRun: Sendable {
    let target: InstallTarget
    let journal: Journal

    var context: NodeContext { target.context }
    var changes: HostChanges { HostChanges(context: context, journal: journal) }
    var state: JournalState { JournalState(journal.entries) }
}
