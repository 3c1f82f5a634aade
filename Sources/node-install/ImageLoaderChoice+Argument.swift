public import ArgumentParser
public import InstallCore

extension ImageLoaderChoice: ExpressibleByArgument {}
