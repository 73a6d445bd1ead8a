module weaveflux.dev/test/rig/app

go 1.24.0
