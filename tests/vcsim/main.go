// Command vcsim runs govmomi's vCenter simulator with the flags and the output of the official vcsim command.
//
// Debian carries the simulator's source but not the command. Two things are added to what that source does: pages for
// RetrievePropertiesEx (paging.go) and a certificate that strict TLS clients accept (certificate.go).
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
	// The Automation API, which has the tags.
	_ "github.com/vmware/govmomi/vapi/simulator"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("vcsim: ")

	model := simulator.VPX()
	flag.IntVar(&model.Datacenter, "dc", model.Datacenter, "number of datacenters")
	flag.IntVar(&model.Cluster, "cluster", model.Cluster, "number of clusters per datacenter")
	flag.IntVar(&model.ClusterHost, "host", model.ClusterHost, "number of hosts per cluster")
	flag.IntVar(&model.Host, "standalone-host", model.Host, "number of standalone hosts per datacenter")
	flag.IntVar(&model.Machine, "vm", model.Machine, "number of virtual machines per resource pool")
	flag.IntVar(&model.Datastore, "ds", model.Datastore, "number of local datastores")
	flag.IntVar(&model.Portgroup, "pg", model.Portgroup, "number of distributed port groups per datacenter")
	flag.IntVar(&model.Pool, "pool", model.Pool, "number of child resource pools per cluster")
	flag.IntVar(&model.App, "app", model.App, "number of virtual apps per cluster")
	flag.IntVar(&model.Folder, "folder", model.Folder, "number of datacenters inside a folder")
	flag.BoolVar(&model.Autostart, "autostart", model.Autostart, "power the virtual machines on")
	esx := flag.Bool("esx", false, "simulate a standalone ESX host instead of a vCenter")
	listen := flag.String("l", "127.0.0.1:8989", "listen address, port 0 picks a free one")
	username := flag.String("username", "user", "login user")
	password := flag.String("password", "pass", "login password")
	useTLS := flag.Bool("tls", true, "serve HTTPS")
	certFile := flag.String("tlscert", "", "certificate chain in PEM (default: made for this run)")
	keyFile := flag.String("tlskey", "", "private key in PEM")
	caFile := flag.String("write-ca", "", "write the CA of the made certificate to this file in PEM")
	flag.Parse()

	if *esx {
		model = standalone(model)
	}
	defer model.Remove()
	if err := model.Create(); err != nil {
		fail(model, "model not created: %v", err)
	}

	service := model.Service
	service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*username, *password)}
	service.RegisterEndpoints = true
	if *useTLS {
		certificate, err := serverCertificate(*certFile, *keyFile, *caFile, *listen)
		if err != nil {
			fail(model, "no usable certificate: %v", err)
		}
		service.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	addPaging(model)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)

	server, err := start(service)
	if err != nil {
		fail(model, "not started: %v", err)
	}
	fmt.Printf("export GOVC_URL=%s GOVC_SIM_PID=%d\n", server.URL, os.Getpid())
	<-stop
}

// start turns the panic of an address that cannot be listened on into an error.
func start(service *simulator.Service) (server *simulator.Server, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v", reason)
		}
	}()
	return service.NewServer(), nil
}

// standalone is a model of one ESX host with those of the given options that make sense for one.
func standalone(options *simulator.Model) *simulator.Model {
	model := simulator.ESX()
	model.Autostart = options.Autostart
	model.Datastore = options.Datastore
	model.Machine = options.Machine
	return model
}

func serverCertificate(certFile, keyFile, caFile, listen string) (tls.Certificate, error) {
	if certFile != "" || keyFile != "" {
		if caFile != "" {
			return tls.Certificate{}, fmt.Errorf("-write-ca goes without -tlscert and -tlskey: a given certificate has its own CA")
		}
		return tls.LoadX509KeyPair(certFile, keyFile)
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return tls.Certificate{}, err
	}
	return issueCertificate(host, caFile)
}

// fail removes the model's temporary folders, which log.Fatal alone would leave behind.
func fail(model *simulator.Model, format string, arguments ...interface{}) {
	model.Remove()
	log.Fatalf(format, arguments...)
}
